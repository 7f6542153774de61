"""Card templates in the console: what a programme's cards look like, and what Alipay says of it."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from connectors.base import Result
from loyalty.models import CardTemplate
from loyalty.services.send_card_template import ask, check_template, send_soon
from merchants.models import PartnerAccount
from tenancy.acting_admin import Act, Acting, Confirm, Done
from tenancy.owned_admin import OwnedAdmin, OwnedForm


class CardTemplateForm(OwnedForm):
    """The programme and the account are of one acquirer, and Alipay can read the colour."""

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        programme = cleaned.get("programme")
        if programme is not None and self.instance._state.adding:
            self.instance.acquirer_id = programme.acquirer_id
        return cleaned

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if not self.errors:
            self.check_with_service(check_template, self.instance)


def _send(request: HttpRequest, row: CardTemplate, said: dict[str, Any]) -> Done:
    send_soon(row)
    return Done(_("It is sent to Alipay again in a few seconds."))


def _ask(request: HttpRequest, row: CardTemplate, said: dict[str, Any]) -> Done:
    outcome = ask(row)
    if outcome.result is not Result.SUCCEEDED or outcome.content is None:
        return Done(f"{outcome.code or ''} {outcome.message or ''}".strip(), messages.ERROR)
    found = outcome.content
    text = _("Alipay has: %(name)s, logo %(logo)s, background %(background)s, %(colour)s.") % {
        "name": found.name, "logo": found.logo_id, "background": found.background_id,
        "colour": found.colour,
    }  # fmt: skip
    return Done(text)


ACTS = (
    Act("send", "Send again", "loyalty.send_cardtemplate", Confirm, _send,
        facts=lambda row: [("Alipay said", row.reason or "nothing")]),
    Act("ask", "Ask Alipay", "loyalty.send_cardtemplate", Confirm, _ask,
        closed=lambda request, row:
            "" if row.template_id else _("Alipay does not have this template yet.")),
)  # fmt: skip
_LOOK = ("programme", "partner_account", "card_name", "logo_id", "background_id", "colour")
_SAID = (
    "status", "template_id", "code", "reason", "asked_at", "due_at", "evidence", "public_id",
)  # fmt: skip


@admin.register(CardTemplate)
class CardTemplateAdmin(Acting, OwnedAdmin):
    """Saving it sends it."""

    acts = ACTS
    form = CardTemplateForm
    fields = _LOOK
    fixed_fields = ("programme", "partner_account", "buttons", *_SAID)
    list_display = ("card_name", "programme", "partner_account", "status", "reason", "asked_at")
    list_filter = ("status",)
    list_select_related = ("programme", "partner_account")
    search_fields = ("card_name", "template_id")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return _LOOK if obj is None else ("buttons", *_LOOK, *_SAID)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Only an account that has an app; its rows are walled off by the request's scope."""
        if db_field.name == "partner_account":
            with_app = PartnerAccount.objects.filter(is_active=True).exclude(card_app_id="")
            kwargs |= {
                "queryset": with_app,
                "help_text": _("One with an app for membership cards."),
            }
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        send_soon(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
