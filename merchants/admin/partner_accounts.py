"""Partner accounts in the admin: secrets go in and never come out; our public key may be read."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext as _

from merchants import timing
from merchants.gateways import notify_url
from merchants.models import PartnerAccount
from merchants.services.check_connection import check_connection
from merchants.services.partner_accounts import (
    check_account,
    new_private_key,
    public_half,
    public_key_of,
)
from merchants.services.partner_keys import (
    KeyChange,
    change_keys,
    is_guarded,
    make_next_key,
    with_next_key,
)
from proposals.acts import waits
from proposals.models import Proposal
from tenancy.acting_admin import Act, Acting, Confirm, Done, Reason
from tenancy.owned_admin import OwnedAdmin, OwnedForm, is_operator
from tenancy.signed_in import staff_of

# Of an account that two people guard, these go by the buttons alone.
_NEW_KEYS = {"new_private_key", "new_md5_key"}
_GUARDED = ("sign_type", "alipay_public_key")


class PartnerAccountForm(OwnedForm):
    """Takes new secrets; those that are kept are not shown, not even masked."""

    new_private_key = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off"}),
        required=False,
        max_length=16 * 1024,
        help_text="PEM or Base64. Empty: the one we have stays; a new account makes its own.",
    )
    new_md5_key = forms.CharField(
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        required=False,
        max_length=128,
        help_text="Only for sign type MD5. Empty: it stays as it is.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding and is_guarded(self.instance):
            for name in _NEW_KEYS & self.fields.keys():
                del self.fields[name]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        self.instance.private_key = cleaned.get("new_private_key") or self.instance.private_key
        self.instance.md5_key = cleaned.get("new_md5_key") or self.instance.md5_key
        if not self.instance.private_key and "sign_type" in cleaned:
            self.instance.private_key = new_private_key(cleaned["sign_type"])
        return cleaned

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if not self.errors:
            self.check_with_service(check_account, self.instance)


_LATER = {"buttons", "our_public_key", "next_public_key", "notify_address"}  # once it is saved


class KeysForm(Reason):
    """Keys that come from elsewhere; what is empty stays."""

    private_key = forms.CharField(
        label="our private key",
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off"}),
        required=False,
        max_length=16 * 1024,
        help_text="PEM or Base64.",
    )
    md5_key = forms.CharField(
        label="MD5 key",
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        required=False,
        max_length=128,
    )
    alipay_public_key = forms.CharField(
        label="Alipay's public key",
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
        max_length=16 * 1024,
    )


def _change(request: HttpRequest, account: PartnerAccount, change: KeyChange, why: str) -> Done:
    made = change_keys(staff_of(request), account, change, reason=why)
    if isinstance(made, Proposal):
        return waits()
    return Done(_("The account works with it from now on."))


def _set_keys(request: HttpRequest, account: PartnerAccount, said: dict[str, Any]) -> Done:
    why = said.pop("reason")
    return _change(request, account, KeyChange(**said), why)


def _make_next(request: HttpRequest, account: PartnerAccount, said: dict[str, Any]) -> Done:
    make_next_key(account)
    return Done(_("Upload the next public key at Alipay, test it, then let it sign."))


def _use_next(request: HttpRequest, account: PartnerAccount, said: dict[str, Any]) -> Done:
    return _change(request, account, KeyChange(uses_next=True), said["reason"])


def _activate(request: HttpRequest, account: PartnerAccount, said: dict[str, Any]) -> Done:
    return _change(request, account, KeyChange(activates=True), said["reason"])


def _has_no_next(request: HttpRequest, account: PartnerAccount) -> str:
    return "" if account.next_private_key else _("There is no next key: make one first.")


def _has_no_pair(request: HttpRequest, account: PartnerAccount) -> str:
    return "" if account.private_key else _("This account signs with MD5 and has no key pair.")


def _test(request: HttpRequest, account: PartnerAccount, content: dict[str, Any]) -> Done:
    return _tested(account)


def _test_next(request: HttpRequest, account: PartnerAccount, content: dict[str, Any]) -> Done:
    return _tested(with_next_key(account))


def _tested(account: PartnerAccount) -> Done:
    findings = check_connection(account)
    text = " ".join(f"{it.address}: {it.text} {it.advice}" for it in findings)
    level = messages.SUCCESS if all(it.is_good for it in findings) else messages.ERROR
    return Done(text.strip(), level)


TEST = Act(
    name="test",
    label="Test the connection",
    permission="merchants.change_partneraccount",
    form=Confirm,
    run=_test,
    facts=lambda it: [("Address", it.primary_url), ("Backup", it.backup_url or "none")],
    warning="One signed call goes to each address and asks about a trade that nobody made.",
)

_MAY = "merchants.change_partneraccount"
KEY_ACTS = (
    Act("keys", "Change keys", _MAY, KeysForm, _set_keys,
        warning="Calls are signed, and answers checked, with what is given here."),
    Act("make_next_key", "Make the next key", _MAY, Confirm, _make_next, closed=_has_no_pair,
        warning="The key that signs now goes on; a next key that was never used is replaced."),
    Act("test_next_key", "Test the next key", _MAY, Confirm, _test_next, closed=_has_no_next,
        warning="One call, signed with the next key, goes to each address."),
    Act("use_next_key", "Let the next key sign", _MAY, Reason, _use_next, closed=_has_no_next,
        warning="Alipay refuses every call unless it has the next public key."),
    Act("activate", "Activate", _MAY, Reason, _activate,
        is_out_of_place=lambda account: account.is_active,
        warning="New payments of this mode go by this account, and no more by another."),
)  # fmt: skip


_RARE = "Time-outs and intervals"
_FOLDED = {_RARE, "Membership cards"}  # the defaults are right for nearly everybody


@admin.register(PartnerAccount)
class PartnerAccountAdmin(Acting, OwnedAdmin):
    acts = (TEST, *KEY_ACTS)
    form = PartnerAccountForm
    formfield_overrides = {
        models.URLField: {"assume_scheme": "https"},
        ArrayField: {"widget": forms.TextInput},
        models.TextField: {"widget": forms.Textarea(attrs={"rows": 4})},
    }
    groups = (
        (None, ("buttons", "acquirer", "livemode", "partner_id", "currencies", "registers_stores",
                "refunds_at_once", "is_active")),
        ("Addresses", ("primary_url", "backup_url", "notify_address")),
        ("Keys", ("sign_type", "our_public_key", "next_public_key", "new_private_key",
                  "new_md5_key", "alipay_public_key")),
        ("Membership cards", ("card_app_id", "card_url", "card_alipay_public_key")),
        (_RARE, tuple(timing.SETTINGS)),
    )  # fmt: skip
    # Payments in doubt are asked about under the id they were made with.
    fixed_fields = (
        "acquirer", "livemode", "partner_id", "our_public_key", "next_public_key",
        "notify_address", "buttons",
    )  # fmt: skip
    secret_fields = frozenset({"private_key", "next_private_key", "md5_key"})
    list_display = ("partner_id", "acquirer", "livemode", "scheme", "sign_type", "is_active")
    list_filter = ("livemode", "is_active", "acquirer")
    list_select_related = ("acquirer",)
    search_fields = ("partner_id",)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Keys go in where somebody may change them; what is worked out is there once saved."""
        left_out = set() if is_operator(request) else {"acquirer"}
        if obj is None:
            left_out |= _LATER
        elif not self.has_change_permission(request, obj) or is_guarded(obj):
            left_out |= _NEW_KEYS
        return [
            (
                title,
                {
                    "fields": [name for name in names if name not in left_out],
                    "classes": ["collapse"] if title in _FOLDED else [],
                },
            )
            for title, names in self.groups
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A guarded account is switched off here, and on by two people."""
        fields = super().get_readonly_fields(request, obj)
        if obj is None or not is_guarded(obj):
            return fields
        return (*fields, *_GUARDED, *(() if obj.is_active else ("is_active",)))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """A second live account begins switched off: two people let it take the place."""
        waits = not change and obj.is_active and is_guarded(obj) and self._has_another(obj)
        if waits:
            obj.is_active = False
            text = _("It is saved and takes no payments: two people activate it.")
            self.message_user(request, text, messages.WARNING)
        super().save_model(request, obj, form, change)

    def _has_another(self, account: PartnerAccount) -> bool:
        accounts = PartnerAccount.objects.filter(acquirer_id=account.acquirer_id, livemode=True)
        return accounts.exists()

    @admin.display(description="next public key, for Alipay")
    def next_public_key(self, account: PartnerAccount) -> str | None:
        if not account.next_private_key:
            return None
        key = public_half(account.next_private_key, pem=False)
        return format_html('<code style="word-break: break-all">{}</code>', key)

    @admin.display(description="our public key, for Alipay")
    def our_public_key(self, account: PartnerAccount) -> str:
        if not account.private_key:
            return "none: this account signs with MD5"
        key = public_key_of(account, pem=False)
        return format_html('<code style="word-break: break-all">{}</code>', key)

    @admin.display(description="notify address, for Alipay")
    def notify_address(self, account: PartnerAccount) -> str:
        return notify_url(account)
