"""Payment files in the console: made, looked at, approved by another, taken to the bank."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.template.defaultfilters import filesizeformat
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kernel import clock
from kernel.errors import Conflict, NotFound
from kernel.money import Money
from proposals.acts import waits
from settlement.files.serving import serve_file
from settlement.models import PayingAccount, PaymentFile, Payout
from settlement.selectors import default_schedule
from settlement.services.payment_files import (
    make_payment_file,
    open_payment_file,
    send_payment_file,
    withdraw_payment_file,
)
from settlement.state import FILE_STEPS, PaymentFileEvent, PaymentFileStatus, labels
from tenancy.acting_admin import Act, Acting, Confirm, Done, Reason, day
from tenancy.links import link
from tenancy.listing.filters import among
from tenancy.making_admin import Making, acquirer_of
from tenancy.owned_admin import OwnedAdmin
from tenancy.read_only import ReadOnly
from tenancy.showing import money_of, show_moment, show_status
from tenancy.signed_in import staff_of

PAYOUTS_SHOWN = 200  # on a file's page
_URL = "settlement_paymentfile_bytes"


class PaymentFileForm(Confirm):
    """From which account, and by which day."""

    account: "forms.ModelChoiceField[PayingAccount]" = forms.ModelChoiceField(None, label="From")
    executes_on = day(
        label="Executes on",
        help_text="What is due by this day is paid.",
    )

    def __init__(self, *args: Any, row: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, row=row, **kwargs)
        account: Any = self.fields["account"]
        account.queryset = PayingAccount.objects.order_by("-livemode", "currency")
        acquirer = acquirer_of(row)
        banks = default_schedule(acquirer).banks
        self.fields["executes_on"].initial = banks.add(clock.now().date(), 0)


def _make(request: HttpRequest, row: Any, said: dict[str, Any]) -> Done:
    made = make_payment_file(staff_of(request), said["account"], said["executes_on"])
    return waits(about=made.public_id)


def _send(request: HttpRequest, row: PaymentFile, said: dict[str, Any]) -> Done:
    send_payment_file(staff_of(request), row)
    return Done(_("Sent: take the file from this page to the bank."))


def _withdraw(request: HttpRequest, row: PaymentFile, said: dict[str, Any]) -> Done:
    withdraw_payment_file(staff_of(request), row, reason=said["reason"])
    return Done(_("Withdrawn: its payouts wait for another file."))


def _facts(row: PaymentFile) -> list[tuple[str, Any]]:
    return [
        ("payouts", row.payouts_count),
        ("total", Money(row.total_minor, row.currency)),
        ("from", row.paying_account),
        ("SHA-256", row.sha256),
    ]


def _closed(event: PaymentFileEvent) -> Any:
    def closed(request: HttpRequest, row: PaymentFile) -> str:
        if (PaymentFileStatus(row.status), event) in FILE_STEPS:
            return ""
        if row.status == PaymentFileStatus.MADE:
            return _("Another person must approve it first.")
        return _("It is %s already.") % row.status

    return closed


@admin.register(PaymentFile)
class PaymentFileAdmin(Making, Acting, ReadOnly, OwnedAdmin):
    """Its bytes are handed out once it is marked as sent: what a bank may have is not withdrawn."""

    making = Act(
        name="make",
        label="Make a payment file",
        permission="settlement.add_paymentfile",
        form=PaymentFileForm,
        run=_make,
    )
    acts = (
        Act(
            "send", "Take it to the bank", "settlement.send_paymentfile", Confirm, _send,
            _closed(PaymentFileEvent.SENT),
            "From now on it cannot be withdrawn: the bank's answer alone ends it.", facts=_facts,
        ),
        Act(
            "withdraw", "Withdraw", "settlement.add_paymentfile", Reason, _withdraw,
            _closed(PaymentFileEvent.WITHDRAWN), is_dangerous=True, facts=_facts,
        ),
    )  # fmt: skip
    list_display = (
        "name", "executes_on", "total", "payouts_count", "status", "made_by", "acquirer",
    )  # fmt: skip
    list_filter = (among("status", "status", labels(PaymentFileStatus)), "livemode")
    list_select_related = ("acquirer",)
    fields = (
        "buttons", "name", "status", "bytes", "paying_account", "executes_on", "total",
        "payouts_count", "sha256", "made_by", "made", "approved_by", "ended_by", "sent", "reason",
        "paid",
    )  # fmt: skip
    readonly_fields = ("buttons", "bytes", "total", "made", "sent", "paid")
    total = money_of("total_minor", "total")

    @admin.display(description="made")
    def made(self, row: PaymentFile) -> str | None:
        return show_moment(row.created_at)

    @admin.display(description="sent")
    def sent(self, row: PaymentFile) -> str | None:
        return show_moment(row.sent_at)

    @admin.display(description="file")
    def bytes(self, row: PaymentFile) -> SafeString | str:
        if row.sent_at is None:
            return _("Handed out once it is approved and marked as sent.")
        address = reverse(f"admin:{_URL}", args=[row.pk, "file"])
        digest = reverse(f"admin:{_URL}", args=[row.pk, "digest"])
        return format_html(
            '<p><a class="tg-link" href="{}">{}</a> ({})</p><p><a class="tg-link" href="{}">{}</a>',
            address, row.name, filesizeformat(row.size_bytes), digest, f"{row.name}.sha256",
        )  # fmt: skip

    @admin.display(description="payouts")
    def paid(self, row: PaymentFile) -> SafeString:
        found = Payout.objects.filter(transitions__payment_file=row).distinct()
        rows = [_payout(each) for each in found.order_by("id")[:PAYOUTS_SHOWN]]
        context = {"rows": rows, "count": row.payouts_count}
        return render_to_string("settlement/paid.html", context)

    def get_urls(self) -> Any:
        view = self.admin_site.admin_view(self.bytes_view)
        return [path("<path:object_id>/bytes/<slug:what>", view, name=_URL), *super().get_urls()]

    def bytes_view(self, request: HttpRequest, object_id: str, what: str) -> HttpResponseBase:
        """The file, or its digest as ``sha256sum -c`` reads it."""
        row = self.get_object(request, object_id)
        if row is None or what not in {"file", "digest"}:
            raise Http404
        if not request.user.has_perm("settlement.send_paymentfile"):
            raise PermissionDenied
        if what == "digest":
            return _digest(row)
        try:
            opened = open_payment_file(row, by=staff_of(request).actor)
        except (Conflict, NotFound):
            raise Http404 from None
        return serve_file(opened, row, content_type="application/xml", headers=request.headers)


def _digest(row: PaymentFile) -> HttpResponse:
    answer = HttpResponse(f"{row.sha256}  {row.name}\n", content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{row.name}.sha256"'
    return answer


def _payout(payout: Payout) -> dict[str, Any]:
    return {
        "link": link(payout.public_id),
        "holder": payout.holder,
        "number": payout.masked_number,
        "amount": Money(payout.amount_minor, payout.currency),
        "status": show_status(payout.status),
    }
