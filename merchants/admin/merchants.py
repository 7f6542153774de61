"""Merchants in the admin."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import TextInput
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from merchants import mcc
from merchants.admin.bank_accounts import BANK_ACTS, BankAccountRows
from merchants.admin.choices import CountryField, PublishedList
from merchants.admin.contacts import ContactRows
from merchants.admin.documents import DocumentRows
from merchants.admin.merchant_acts import MERCHANT_ACTS, move_many, render_way
from merchants.admin.panels import render_panels
from merchants.models import Merchant
from merchants.onboarding import Step
from tenancy.acting_admin import Acting
from tenancy.encryption import EncryptedTextField
from tenancy.owned_admin import OwnedAdmin, OwnedForm, is_operator

_LATER = {"way", "buttons", "money", "public_id", "created_at"}  # a new merchant has none


class MerchantForm(OwnedForm):
    """Category and countries are searched by their codes or names."""

    mcc = forms.ChoiceField(
        label=_("Merchant category code"),
        choices=mcc.choices,
        widget=PublishedList(),
        help_text="ISO 18245: search by number or by name.",
    )
    country = CountryField(help_text="Where it is registered.")
    trading_country = CountryField(required=False, help_text="Empty: where it is registered.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        acquirer = self.staff.acquirer
        if self.instance._state.adding and acquirer is not None:
            self.fields["country"].initial = acquirer.country


@admin.register(Merchant)
class MerchantAdmin(Acting, OwnedAdmin):
    form = MerchantForm
    acts = (*MERCHANT_ACTS, *BANK_ACTS)
    inlines = (ContactRows, BankAccountRows, DocumentRows)
    actions = ("submit", "approve")
    fieldsets = (
        (None, {"fields": ("way", "buttons")}),
        ("Its money, and what it has", {"fields": ("money",)}),
        ("The business", {"fields": ("acquirer", "legal_name", "display_name", "mcc", "country")}),
        (
            "Its registration",
            {
                "fields": (
                    "organisation", "registration_number", "responsible_name", "responsible_id",
                )
            },
        ),
        (
            "Its registered address",
            {
                "fields": (
                    "registered_line1", "registered_line2", "registered_town",
                    "registered_region", "registered_postal_code",
                )
            },
        ),
        (
            "Where it trades, if elsewhere",
            {
                "fields": (
                    "trading_line1", "trading_line2", "trading_town", "trading_region",
                    "trading_postal_code", "trading_country",
                ),
                "classes": ("collapse",),
            },
        ),
        ("At Alipay and the till", {"fields": ("scheme_merchant_id", "payment_timeout_seconds")}),
        ("Record", {"fields": ("public_id", "created_at")}),
    )  # fmt: skip
    readonly_fields = ("way", "buttons", "money", "public_id", "created_at")
    formfield_overrides = {EncryptedTextField: {"widget": TextInput}}
    fixed_fields = ("acquirer",)
    list_display = ("display_name", "scheme_merchant_id", "acquirer", "status", "public_id")
    list_filter = ("status", "acquirer")
    list_select_related = ("acquirer",)
    search_fields = ("legal_name", "display_name", "scheme_merchant_id")
    secret_fields = frozenset({"responsible_id"})

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Who may not change a merchant does not read its owner's document either."""
        left_out: set[str] = set() if is_operator(request) else {"acquirer"}
        if obj is None:
            left_out |= _LATER
        elif not self.has_change_permission(request, obj):
            left_out |= self.secret_fields
        shown = []
        for title, options in self.fieldsets:
            fields = [name for name in options["fields"] if name not in left_out]
            shown.append((title and gettext(title), {**options, "fields": fields}))
        return [each for each in shown if each[1]["fields"]]

    def get_inlines(self, request: HttpRequest, obj: Any = None) -> Any:
        return super().get_inlines(request, obj) if obj else ()

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> Any:
        """A draft opens: its page says what it lacks, and leads to each."""
        if "_save" in request.POST:
            self.message_user(request, _("%(row)s was added.") % {"row": obj}, messages.SUCCESS)
            return redirect("admin:merchants_merchant_change", obj.pk)
        return super().response_add(request, obj, post_url_continue)

    @admin.display(description="")
    def way(self, merchant: Merchant) -> SafeString:
        return render_way(merchant)

    @admin.display(description="")
    def money(self, merchant: Merchant) -> SafeString:
        request: HttpRequest = merchant.asked_by  # type: ignore[attr-defined]
        return render_panels(request, merchant)

    @admin.action(description="Submit the chosen", permissions=["move"])
    def submit(self, request: HttpRequest, rows: QuerySet[Merchant, Merchant]) -> None:
        move_many(request, rows, Step.SUBMIT)

    @admin.action(description="Approve the chosen", permissions=["approve"])
    def approve(self, request: HttpRequest, rows: QuerySet[Merchant, Merchant]) -> None:
        move_many(request, rows, Step.APPROVE)

    def has_move_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("merchants.move_merchant"))

    def has_approve_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("merchants.approve_merchant"))
