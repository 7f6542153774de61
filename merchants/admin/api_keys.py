"""API keys in the admin: shown once, in the answer to the form that made them."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from merchants.models import ApiKey
from merchants.services.api_keys import (
    LONGEST_OVERLAP,
    check_api_key,
    issue,
    revoke_api_key,
    roll_api_key,
)
from merchants.services.live_keys import needs_two_people, propose_key, propose_roll
from merchants.state import ALL_SCOPES
from proposals.acts import waits
from proposals.services.propose import check_reason
from tenancy.acting_admin import Act, Acting, Confirm, Done
from tenancy.owned_admin import OwnedAdmin, OwnedForm
from tenancy.signed_in import staff_of


class ApiKeyForm(OwnedForm):
    """A key is of its merchant's acquirer, and may do one thing at least."""

    scopes = forms.MultipleChoiceField(
        choices=[(scope, scope) for scope in ALL_SCOPES],
        initial=list(ALL_SCOPES),
        widget=forms.CheckboxSelectMultiple,
    )
    reason = forms.CharField(
        max_length=256,
        required=False,
        help_text="Of a live key that another person approves.",
    )

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        merchant = cleaned.get("merchant")
        if merchant is None or self.errors:
            return cleaned
        self.instance.acquirer_id = merchant.acquirer_id
        if (terminal := cleaned.get("terminal")) and not cleaned.get("store"):
            self.cleaned_data["store"] = terminal.store
        return cleaned

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if not self.errors:
            self.check_with_service(check_api_key, self.instance)
        if not self.errors and self.instance._state.adding and needs_two_people(self.instance):
            self.check_with_service(check_reason, self.cleaned_data.get("reason", ""))


class RollForm(Confirm):
    """How long the old key goes on."""

    overlap_hours = forms.IntegerField(
        label="hours that the old key goes on",
        min_value=0,
        max_value=LONGEST_OVERLAP.days * 24,
        initial=24,
    )
    reason = forms.CharField(max_length=256, required=False)

    def __init__(self, *args: Any, row: ApiKey, **kwargs: Any) -> None:
        super().__init__(*args, row=row, **kwargs)
        if needs_two_people(row):
            self.fields["reason"].required = True
        else:
            del self.fields["reason"]


def _roll(request: HttpRequest, key: ApiKey, content: dict[str, Any]) -> Done:
    overlap = timedelta(hours=content["overlap_hours"])
    if needs_two_people(key):
        propose_roll(staff_of(request), key, overlap=overlap, reason=content["reason"])
        return waits()
    new, text = roll_api_key(key, overlap=overlap, rolled_by=staff_of(request))
    return Done(
        _("%(new)s has the same rights; %(key)s ends by itself.") % {"new": new, "key": key},
        shown_once=text,
    )


def _revoke(request: HttpRequest, key: ApiKey, content: dict[str, Any]) -> Done:
    revoke_api_key(key, revoked_by=staff_of(request))
    return Done(_("The key is refused from now on."))


def _unusable(request: HttpRequest, key: ApiKey) -> str:
    return "" if key.is_usable else _("The key is revoked or expired.")


KEY_ACTS = (
    Act(
        name="roll",
        label="Roll",
        permission="merchants.change_apikey",
        form=RollForm,
        run=_roll,
        closed=_unusable,
        warning="A new key is shown once; put it into the till before the old one ends.",
    ),
    Act(
        name="revoke",
        label="Revoke now",
        permission="merchants.change_apikey",
        form=Confirm,
        run=_revoke,
        closed=_unusable,
        is_dangerous=True,
        warning="Whatever uses this key is refused at once.",
    ),
)


@admin.register(ApiKey)
class ApiKeyAdmin(Acting, OwnedAdmin):
    """Nobody deletes a key: a revoked one still says who could do what, and when."""

    acts = KEY_ACTS
    form = ApiKeyForm
    fields = (
        "merchant",
        "store",
        "terminal",
        "label",
        "livemode",
        "scopes",
        "allowed_networks",
        "expires_at",
        "reason",
    )
    facts = (
        "public_id",
        "lookup",
        "revoked_at",
        "last_used_at",
        "last_used_from",
        "created_by",
        "created_at",
    )
    fixed_fields = ("merchant", "store", "terminal", "livemode", "buttons", *facts)
    secret_fields = frozenset({"digest"})
    autocomplete_fields = ("merchant", "store", "terminal")
    list_display = ("label", "merchant", "store", "livemode", "lookup", "is_usable", "last_used_at")
    list_filter = ("livemode",)
    list_select_related = ("merchant", "store")
    search_fields = ("label", "lookup", "merchant__display_name")
    actions = ("revoke",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = super().get_fields(request, obj)
        if obj is None:
            return fields
        return ["buttons", *(name for name in fields if name != "reason"), *self.facts]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
        elif needs_two_people(obj):
            reason = form.cleaned_data["reason"]
            obj.proposal = propose_key(staff_of(request), obj, reason=reason)
        else:
            obj.created_by = request.user
            obj.text_shown_once = issue(obj)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """What is only proposed was not added; the audit trail has the proposal."""
        if obj.proposal is None:
            return super().log_addition(request, obj, message)
        return None

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        """The key itself, in this one answer; or the proposal of a live one."""
        if obj.proposal is not None:
            self.message_user(request, waits().text, messages.SUCCESS)
            return redirect("admin:proposals_proposal_change", obj.proposal.pk)
        where = _(", %s only") % obj.store if obj.store else ""
        text = f"{obj.merchant}{where}: {obj.label}. " + _("If it is lost, roll it.")
        return self.show_once(request, obj, Done(text, shown_once=obj.text_shown_once))

    @admin.action(description="Revoke the selected API keys", permissions=["change"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> None:
        """At once and for ever."""
        keys = list(queryset.filter(revoked_at=None))
        for key in keys:
            revoke_api_key(key, revoked_by=staff_of(request))
            self.log_change(request, key, "Revoked.")
        self.message_user(request, _("%d revoked.") % len(keys), messages.SUCCESS)

    @admin.display(boolean=True, description="usable")
    def is_usable(self, key: ApiKey) -> bool:
        return key.is_usable
