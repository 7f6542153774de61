"""Acquirer keys in the admin: what an ISV's or the acquirer's own system signs in with."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from merchants.models import AcquirerKey
from merchants.services.acquirer_keys import check_acquirer_key, issue, revoke_acquirer_key
from merchants.state import ALL_ACQUIRER_SCOPES
from tenancy.acting_admin import Act, Acting, Confirm, Done
from tenancy.owned_admin import OwnedAdmin, OwnedForm
from tenancy.signed_in import staff_of


class AcquirerKeyForm(OwnedForm):
    """A key may do one thing at least."""

    scopes = forms.MultipleChoiceField(
        choices=[(scope, scope) for scope in ALL_ACQUIRER_SCOPES],
        initial=list(ALL_ACQUIRER_SCOPES),
        widget=forms.CheckboxSelectMultiple,
    )

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if not self.errors:
            self.check_with_service(check_acquirer_key, self.instance)


def _revoke(request: HttpRequest, key: AcquirerKey, content: dict[str, Any]) -> Done:
    revoke_acquirer_key(key, revoked_by=staff_of(request))
    return Done(_("The key is refused from now on."))


def _unusable(request: HttpRequest, key: AcquirerKey) -> str:
    return "" if key.is_usable else _("The key is revoked or expired.")


REVOKE = Act(
    name="revoke",
    label="Revoke now",
    permission="merchants.change_acquirerkey",
    form=Confirm,
    run=_revoke,
    closed=_unusable,
    is_dangerous=True,
    warning="Whatever uses this key is refused at once.",
)


@admin.register(AcquirerKey)
class AcquirerKeyAdmin(Acting, OwnedAdmin):
    """Shown once when it is issued; nobody deletes it."""

    acts = (REVOKE,)
    form = AcquirerKeyForm
    fields = ("acquirer", "label", "scopes", "allowed_networks", "expires_at")
    facts = (
        "public_id", "lookup", "revoked_at", "last_used_at", "last_used_from", "created_by",
        "created_at",
    )  # fmt: skip
    fixed_fields = ("acquirer", "buttons", *facts)
    secret_fields = frozenset({"digest"})
    list_display = ("label", "acquirer", "lookup", "is_usable", "last_used_at")
    list_select_related = ("acquirer",)
    search_fields = ("=label", "=lookup")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = super().get_fields(request, obj)
        return fields if obj is None else ["buttons", *fields, *self.facts]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
            return
        obj.created_by = request.user
        issue(obj)

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        """The key itself, in this one answer; like every page of the admin it says no-store."""
        text = _("%s looks after the acquirer's merchants.") % obj
        done = Done(text, shown_once=obj.text or "")
        return self.show_once(request, obj, done)

    @admin.display(boolean=True, description="usable")
    def is_usable(self, key: AcquirerKey) -> bool:
        return key.is_usable
