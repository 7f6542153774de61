"""Campaigns in the console: their terms, their merchants, their codes as files, what is left."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.contrib import admin
from django.contrib.postgres.forms import SimpleArrayField
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import path, reverse
from django.utils.dates import WEEKDAYS
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from kernel.currencies import MINOR_DIGITS
from loyalty.admin.campaign_acts import CAMPAIGN_ACTS
from loyalty.campaign_state import CampaignStatus, CouponStatus
from loyalty.code_file import code_rows
from loyalty.models import Campaign, CampaignMerchant, CampaignStore, Coupon
from merchants.sheets.writing import answer_csv
from tenancy.acting_admin import Acting
from tenancy.audit import note
from tenancy.listing.filters import among
from tenancy.owned_admin import OwnedAdmin, OwnedForm, OwnedInline, is_operator
from tenancy.showing import money_of, show_moment

SHEET_LIMIT = 1000  # codes to print


class CampaignForm(OwnedForm):
    """The checks of the database in words, beside the field that they are about."""

    amounts = ("amount_minor", "cap_minor", "minimum_spend_minor", "budget_minor")

    weekdays = forms.TypedMultipleChoiceField(
        coerce=int, choices=list(WEEKDAYS.items()), required=False,
        widget=forms.CheckboxSelectMultiple, label="Weekdays", help_text="None: every day.",
    )  # fmt: skip
    skus = SimpleArrayField(
        forms.CharField(max_length=64), required=False, max_length=200,
        label="SKUs", help_text="Goods that count: TEA-1, TEA-2. Empty: all of them.",
    )  # fmt: skip
    categories = SimpleArrayField(
        forms.CharField(max_length=64), required=False, max_length=50, label="Categories",
        help_text="Categories that count, too.",
    )  # fmt: skip

    def clean_currency(self) -> str:
        currency = str(self.cleaned_data["currency"])
        if currency not in MINOR_DIGITS:
            raise forms.ValidationError(_("An ISO 4217 code in capitals, such as HKD."))
        return currency

    def clean_zone(self) -> str:
        zone = str(self.cleaned_data["zone"])
        if zone not in available_timezones():
            raise forms.ValidationError(_("A time zone by its name, such as Asia/Hong_Kong."))
        return zone

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        for name, used in (
            ("budget_minor", self.instance.reserved_minor + self.instance.redeemed_minor),
            ("total_limit", self.instance.reserved_count + self.instance.redeemed_count),
        ):
            limit = cleaned.get(name)
            if limit is not None and limit < used:
                self.add_error(name, _("Less than was used already."))
        return cleaned


class OfCampaignForm(forms.ModelForm):  # type: ignore[type-arg]
    """A merchant or store is named by its own acquirer's campaign."""

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        acquirer_id = self.instance.campaign.acquirer_id
        for name in ("merchant", "store"):
            named = cleaned.get(name)
            if named is not None and acquirer_id not in {None, named.acquirer_id}:
                self.add_error(name, _("This one is another acquirer's."))
            elif named is not None:
                self.instance.acquirer_id = named.acquirer_id
        return cleaned


class MerchantRows(OwnedInline):
    model = CampaignMerchant
    form = OfCampaignForm
    fields = ("merchant",)
    autocomplete_fields = ("merchant",)
    verbose_name_plural = gettext_lazy("merchants whose tills take its coupons")
    max_num = 200


class StoreRows(OwnedInline):
    model = CampaignStore
    form = OfCampaignForm
    fields = ("store",)
    autocomplete_fields = ("store",)
    verbose_name_plural = gettext_lazy("only at these stores (none: at all)")
    max_num = 200


@admin.register(Campaign)
class CampaignAdmin(Acting, OwnedAdmin):
    """Drafted, tried on a basket, started, paused, ended; never deleted."""

    acts = CAMPAIGN_ACTS
    form = CampaignForm
    inlines = (MerchantRows, StoreRows)
    list_display = ("name", "status", "kind", "currency", "redeemed_count", "redeemed_money",
                    "left_money", "ends", "livemode", "acquirer")  # fmt: skip
    list_filter = (among("status", "status", CampaignStatus), "livemode")
    list_select_related = ("acquirer",)
    search_fields = ("name",)
    fixed_fields = ("acquirer", "livemode", "kind", "currency")
    budget_money = money_of("budget_minor", "budget")
    reserved_money = money_of("reserved_minor", "promised to payments in doubt")
    redeemed_money = money_of("redeemed_minor", "taken off")
    left_money = money_of("budget_left_minor", "budget left")
    readonly_fields = ("buttons", "status", "files", "reserved_count", "redeemed_count",
                       "reserved_money", "redeemed_money", "left_money")  # fmt: skip
    _facts = (
        (None, {"fields": ("buttons", "status", "files")}),
        (gettext_noop("What is left of it"), {"fields": readonly_fields[3:]}),
    )
    _terms = (
        (gettext_noop("What it takes off"), {"fields": (
            "kind", "currency", "amount_minor", "basis_points", "cap_minor", "buy_quantity",
            "get_quantity", "skus", "categories",
        )}),
        (gettext_noop("For which payments"), {"fields": (
            "starts_at", "ends_at", "zone", "weekdays", "hours_from", "hours_until",
            "minimum_spend_minor", "is_first_purchase_only", "is_stackable",
        )}),
        (gettext_noop("How much of it"), {"fields": (
            "budget_minor", "total_limit", "member_limit", "acquirer_basis_points",
        )}),
    )  # fmt: skip

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        whose = ("acquirer",) if is_operator(request) else ()
        named = (None, {"fields": (*whose, "name", "livemode")})
        facts = () if obj is None else self._facts
        fieldsets = (*facts, named, *self._terms)
        return [(title and _(title), options) for title, options in fieldsets]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description="ends", ordering="ends_at")
    def ends(self, campaign: Campaign) -> str | None:
        return show_moment(campaign.ends_at)

    @admin.display(description="codes as files")
    def files(self, campaign: Campaign) -> SafeString:
        links = [
            format_html(
                '<a class="tg-link" href="{}">{}</a>',
                reverse(f"admin:{name}", args=[campaign.pk]),
                word,
            )
            for name, word in (
                ("loyalty_campaign_csv", _("CSV")),
                ("loyalty_campaign_sheet", _("PDF to print")),
            )
        ]
        listed = f"{reverse('admin:loyalty_coupon_changelist')}?campaign__id__exact={campaign.pk}"
        return format_html(
            '{} · {} · <a class="tg-link" href="{}">{}</a>', *links, listed, _("list")
        )

    def get_urls(self) -> Any:
        view = self.admin_site.admin_view
        return [
            path("<uuid:pk>/codes.csv", view(self.as_csv), name="loyalty_campaign_csv"),
            path("<uuid:pk>/codes.pdf", view(self.as_sheet), name="loyalty_campaign_sheet"),
            *super().get_urls(),
        ]

    def as_csv(self, request: HttpRequest, pk: Any) -> HttpResponseBase:
        """Every code that is worth something, oldest first."""
        campaign, rows = self._codes(request, pk, "csv")
        return answer_csv(code_rows(rows), f"{campaign.public_id}.csv")

    def as_sheet(self, request: HttpRequest, pk: Any) -> HttpResponseBase:
        """The first thousand of them, to print and cut."""
        from loyalty.coupon_sheet import write_sheet  # ReportLab: a tenth of a process's start

        campaign, rows = self._codes(request, pk, "pdf")
        sheet = write_sheet(campaign, rows[:SHEET_LIMIT])
        answer = HttpResponse(sheet, content_type="application/pdf")
        answer["Content-Disposition"] = f'attachment; filename="{campaign.public_id}.pdf"'
        return answer

    def _codes(
        self, request: HttpRequest, pk: Any, kind: str
    ) -> tuple[Campaign, QuerySet[Coupon, Coupon]]:
        if not request.user.has_perm("loyalty.change_campaign"):
            raise PermissionDenied
        campaign = Campaign.objects.filter(pk=pk).first()
        if campaign is None:
            raise Http404
        note("coupon_codes", str(pk), acquirer_id=campaign.acquirer_id, detail={"as": kind})
        rows = Coupon.objects.filter(campaign=campaign, status=CouponStatus.ACTIVE)
        return campaign, rows.order_by("id")
