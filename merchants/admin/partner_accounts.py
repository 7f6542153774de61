"""Partner accounts in the admin: secrets go in and never come out; our public key may be read."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.http import HttpRequest
from django.utils.html import format_html

from merchants import timing
from merchants.gateways import notify_url
from merchants.models import PartnerAccount
from merchants.services.check_connection import check_connection
from merchants.services.partner_accounts import check_account, new_private_key, public_key_of
from tenancy.acting_admin import Act, Acting, Confirm, Done
from tenancy.owned_admin import OwnedAdmin, OwnedForm, is_operator


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


_LATER = {"buttons", "our_public_key", "notify_address"}  # a new account has none


def _test(request: HttpRequest, account: PartnerAccount, content: dict[str, Any]) -> Done:
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


_RARE = "Time-outs and intervals"  # folded: the defaults are right for nearly everybody


@admin.register(PartnerAccount)
class PartnerAccountAdmin(Acting, OwnedAdmin):
    acts = (TEST,)
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
        ("Keys", ("sign_type", "our_public_key", "new_private_key", "new_md5_key",
                  "alipay_public_key")),
        (_RARE, tuple(timing.SETTINGS)),
    )  # fmt: skip
    # Payments in doubt are asked about under the id they were made with.
    fixed_fields = (
        "acquirer", "livemode", "partner_id", "our_public_key", "notify_address", "buttons",
    )  # fmt: skip
    secret_fields = frozenset({"private_key", "md5_key"})
    list_display = ("partner_id", "acquirer", "livemode", "scheme", "sign_type", "is_active")
    list_filter = ("livemode", "is_active", "acquirer")
    list_select_related = ("acquirer",)
    search_fields = ("partner_id",)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Keys go in where somebody may change them; what is worked out is there once saved."""
        left_out = set() if is_operator(request) else {"acquirer"}
        if obj is None:
            left_out |= _LATER
        elif not self.has_change_permission(request, obj):
            left_out |= {"new_private_key", "new_md5_key"}
        return [
            (
                title,
                {
                    "fields": [name for name in names if name not in left_out],
                    "classes": ["collapse"] if title == _RARE else [],
                },
            )
            for title, names in self.groups
        ]

    @admin.display(description="our public key, for Alipay")
    def our_public_key(self, account: PartnerAccount) -> str:
        if not account.private_key:
            return "none: this account signs with MD5"
        key = public_key_of(account, pem=False)
        return format_html('<code style="word-break: break-all">{}</code>', key)

    @admin.display(description="notify address, for Alipay")
    def notify_address(self, account: PartnerAccount) -> str:
        return notify_url(account)
