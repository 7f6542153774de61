"""Orders of codes in the console: how far they are, their codes as a file, and a way to stop."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from loyalty.campaign_state import CODE_ORDER_LABELS, CodeOrderStatus
from loyalty.code_file import code_rows
from loyalty.models import CodeOrder, Coupon
from loyalty.services.code_orders import stop_order
from merchants.sheets.writing import answer_csv
from tenancy.acting_admin import Act, Acting, Confirm, Done
from tenancy.audit import note
from tenancy.listing.filters import among
from tenancy.owned_admin import OwnedAdmin
from tenancy.read_only import ReadOnly
from tenancy.showing import show_moment


def _stop(request: HttpRequest, order: CodeOrder, said: dict[str, Any]) -> Done:
    stop_order(order, why=gettext_noop("Stopped by staff."))
    return Done(_("Nothing more is made; the codes that are there stay."))


def _has_ended(request: HttpRequest, order: CodeOrder) -> str:
    is_making = order.status == CodeOrderStatus.MAKING
    return "" if is_making else _("Its codes are made, or it was stopped.")


@admin.register(CodeOrder)
class CodeOrderAdmin(ReadOnly, Acting, OwnedAdmin):
    """Ordered on the page of a campaign."""

    acts = (
        Act(
            name="stop",
            label="Stop making codes",
            permission="loyalty.change_campaign",
            form=Confirm,
            run=_stop,
            closed=_has_ended,
            is_out_of_place=lambda order: order.status != CodeOrderStatus.MAKING,
            warning="The codes that are there already stay worth something.",
            is_dangerous=True,
        ),
    )
    when_empty = gettext_lazy("Codes are ordered on the page of a campaign.")
    change_form_template = "loyalty/code_order.html"
    list_display = ("public_id", "campaign", "status", "made_count", "count", "ordered",
                    "acquirer")  # fmt: skip
    list_filter = (among("status", "status", CODE_ORDER_LABELS),)
    list_select_related = ("campaign", "acquirer")
    fields = ("buttons", "public_id", "campaign", "status", "progress", "failure_told", "file",
              "ordered_by", "ordered", "finished")  # fmt: skip
    readonly_fields = fields

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        is_told = obj is not None and bool(obj.failure)
        return [name for name in self.fields if is_told or name != "failure_told"]

    @admin.display(description="ordered", ordering="id")
    def ordered(self, order: CodeOrder) -> str | None:
        return show_moment(order.created_at)

    @admin.display(description="finished")
    def finished(self, order: CodeOrder) -> str | None:
        return show_moment(order.finished_at)

    @admin.display(description="codes made")
    def progress(self, order: CodeOrder) -> SafeString:
        return render_to_string("loyalty/code_progress.html", {"order": order})

    @admin.display(description="why it ended early")
    def failure_told(self, order: CodeOrder) -> str:
        return _(order.failure) if order.failure else ""

    @admin.display(description="codes as a file")
    def file(self, order: CodeOrder) -> SafeString | str:
        if not order.asked_by.user.has_perm("loyalty.change_campaign"):  # type: ignore[attr-defined]
            return "-"
        address = reverse("admin:loyalty_codeorder_csv", args=[order.pk])
        return format_html('<a class="tg-link" href="{}">{}</a>', address, _("CSV"))

    def get_urls(self) -> Any:
        view = self.admin_site.admin_view(self.as_csv)
        own = [path("<uuid:pk>/codes.csv", view, name="loyalty_codeorder_csv")]
        return own + super().get_urls()

    def as_csv(self, request: HttpRequest, pk: Any) -> HttpResponseBase:
        """Every code of the order, whatever became of it, oldest first; on the audit trail."""
        if not request.user.has_perm("loyalty.change_campaign"):
            raise PermissionDenied
        order = CodeOrder.objects.filter(pk=pk).first()
        if order is None:
            raise Http404
        note("coupon_codes", str(pk), acquirer_id=order.acquirer_id, detail={"as": "csv"})
        return answer_csv(code_rows(Coupon.objects.filter(order=order)), f"{order.public_id}.csv")

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = kwargs.get("obj")
        context["is_working"] = row is not None and row.status == CodeOrderStatus.MAKING
        return super().render_change_form(request, context, *args, **kwargs)
