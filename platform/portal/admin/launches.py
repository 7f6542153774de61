"""Launches in the console: drafted, looked at, launched, watched, and measured."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from loyalty.launch_state import LaunchStatus
from loyalty.models import Launch
from loyalty.services.launch import stop_launch
from merchants.sheets.writing import answer_csv
from portal.admin.launch_form import SEGMENT_FIELDS, LaunchForm
from portal.marketing.contacts import contact_rows
from portal.marketing.page import show_preview, show_result, show_segment
from portal.services.launch_segment import launch_segment
from tenancy.acting_admin import Act, Acting, Confirm, Done
from tenancy.audit import note
from tenancy.listing.filters import among
from tenancy.owned_admin import OwnedAdmin
from tenancy.showing import show_moment
from tenancy.signed_in import staff_of


def _launch(request: HttpRequest, row: Launch, said: dict[str, Any]) -> Done:
    launch_segment(row, by=staff_of(request).actor)
    return Done(_("Launched: the coupons are being issued."))


def _stop(request: HttpRequest, row: Launch, said: dict[str, Any]) -> Done:
    stop_launch(row, why=gettext_noop("Stopped by staff."))
    return Done(_("Nothing more is issued; what was issued stays."))


def _is_not(status: LaunchStatus) -> Any:
    return lambda row: row.status != status


LAUNCH_ACTS = (
    Act(
        name="launch",
        label="Launch",
        permission="loyalty.send_launch",
        form=Confirm,
        run=_launch,
        is_out_of_place=_is_not(LaunchStatus.DRAFT),
        closed=lambda request, row: "" if row.is_draft else _("It was launched already."),
        warning="Who is meant is written down now and cannot be changed any more; "
        "every member but the control group gets a coupon.",
    ),
    Act(
        name="stop",
        label="Stop issuing",
        permission="loyalty.send_launch",
        form=Confirm,
        run=_stop,
        is_out_of_place=_is_not(LaunchStatus.ISSUING),
        closed=lambda request, row: (
            "" if row.status == LaunchStatus.ISSUING else _("It issues nothing at the moment.")
        ),
        warning="Members whose turn has not come get no coupon.",
        is_dangerous=True,
    ),
)


@admin.register(Launch)
class LaunchAdmin(Acting, OwnedAdmin):
    """A draft may be changed; what was launched is to look at."""

    acts = LAUNCH_ACTS
    form = LaunchForm
    change_form_template = "portal/launch.html"
    autocomplete_fields = ("campaign", "programme", "merchant")
    list_display = ("name", "campaign", "merchant", "status", "target_count", "control_count",
                    "issued_count", "launched", "acquirer")  # fmt: skip
    list_filter = (among("status", "status", LaunchStatus),)
    list_select_related = ("campaign", "merchant", "acquirer")
    search_fields = ("name",)
    readonly_fields = ("buttons", "status", "outlook", "who", "result", "launched", "launched_by",
                       "files", "failure_told")  # fmt: skip
    _whom = ("name", "campaign", "programme", "merchant")
    _how = ("control_basis_points", "measured_days", "expected_basis_points", "is_first_come")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        segment: tuple[Any, ...] = (_("Who is meant"), {"fields": SEGMENT_FIELDS})
        terms = [(None, {"fields": self._whom}), segment,
                 (_("How it is measured"), {"fields": self._how})]  # fmt: skip
        if obj is None:
            return terms
        if obj.is_draft and self.has_change_permission(request, obj):
            return [(None, {"fields": ("buttons", "status", "outlook")}), *terms]
        said = (*self._whom, "who", *self._how)
        if obj.is_draft:
            return [(None, {"fields": ("status", "outlook")}), (None, {"fields": said})]
        failure = ("failure_told",) if obj.failure else ()
        buttons = ("buttons",) if obj.status == LaunchStatus.ISSUING else ()
        facts = (*buttons, "status", *failure, "result", "files", "launched", "launched_by")
        return [(None, {"fields": facts}), (None, {"fields": said})]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.is_draft)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description="what it would do")
    def outlook(self, launch: Launch) -> SafeString:
        return show_preview(launch)

    @admin.display(description="who is meant")
    def who(self, launch: Launch) -> SafeString:
        return show_segment(launch)

    @admin.display(description="what it has brought")
    def result(self, launch: Launch) -> SafeString:
        return show_result(launch)

    @admin.display(description="launched", ordering="launched_at")
    def launched(self, launch: Launch) -> str | None:
        return show_moment(launch.launched_at)

    @admin.display(description="why it ended early")
    def failure_told(self, launch: Launch) -> str:
        return _(launch.failure) if launch.failure else ""

    @admin.display(description="coupons with addresses")
    def files(self, launch: Launch) -> SafeString | str:
        if not launch.asked_by.user.has_perm("loyalty.export_launch"):  # type: ignore[attr-defined]
            return "-"
        address = reverse("admin:loyalty_launch_csv", args=[launch.pk])
        return format_html('<a class="tg-link" href="{}">{}</a>', address, _("CSV"))

    def get_urls(self) -> Any:
        view = self.admin_site.admin_view(self.as_csv)
        own = [path("<uuid:pk>/coupons.csv", view, name="loyalty_launch_csv")]
        return own + super().get_urls()

    def as_csv(self, request: HttpRequest, pk: Any) -> HttpResponseBase:
        """Who got which coupon, for whoever writes to them; on the audit trail."""
        if not request.user.has_perm("loyalty.export_launch"):
            raise PermissionDenied
        launch = Launch.objects.filter(pk=pk).select_related("campaign").first()
        if launch is None:
            raise Http404
        note("launch_coupons", str(pk), acquirer_id=launch.acquirer_id, detail={"as": "csv"})
        return answer_csv(contact_rows(launch), f"{launch.public_id}.csv")

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = kwargs.get("obj")
        context["is_working"] = row is not None and row.status == LaunchStatus.ISSUING
        return super().render_change_form(request, context, *args, **kwargs)
