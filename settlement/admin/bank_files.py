"""What the bank says, in the console: files brought by finance, statements, and their entries."""

from collections import Counter
from typing import IO, Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kernel.money import Money
from ledger.panel import render_entries_of
from settlement.admin.entry_acts import ENTRY_ACTS
from settlement.admin.kept_file import KeptFile
from settlement.bank.statement import LONGEST_BYTES
from settlement.models import (
    BankEntry,
    BankFile,
    BankStatement,
    PaidSettlement,
    PayoutTransition,
)
from settlement.services.take_bank_file import open_bank_file, take_bank_file
from settlement.state import FileState, Meaning, labels
from tenancy.acting_admin import Act, Acting, Confirm, Done
from tenancy.links import link
from tenancy.listing.filters import Days, among
from tenancy.making_admin import Making, acquirer_of
from tenancy.owned_admin import OwnedAdmin
from tenancy.read_only import ReadOnly
from tenancy.showing import money_of, show_moment, show_status
from tenancy.signed_in import staff_of

PAYOUTS_SHOWN = 100  # of one entry


class BankFileForm(Confirm):
    """A file as the bank gave it; its form is found by what it begins with."""

    file = forms.FileField(
        label="File",
        help_text="camt.053, MT940, pain.002, or CSV in the form that the guide describes.",
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LONGEST_BYTES:
            raise forms.ValidationError(_("The file is too large."))
        return file


def _bring(request: HttpRequest, row: Any, said: dict[str, Any]) -> Done:
    file, actor = said["file"], staff_of(request).actor
    taken = take_bank_file(acquirer_of(request), file.name, file.read(), actor=actor)
    if taken.state == FileState.REFUSED:
        text = _("The file is refused whole, and nothing has moved: %s") % taken.refused_because
        return Done(text, messages.ERROR, about=taken.public_id)
    return Done(_("Taken: the books follow it."), about=taken.public_id)


@admin.register(BankFile)
class BankFileAdmin(KeptFile, Making, ReadOnly, OwnedAdmin):
    """Kept byte for byte; a malformed one is refused whole, with line and column."""

    making = Act(
        name="bring",
        label="Bring a file of the bank",
        permission="settlement.add_bankfile",
        form=BankFileForm,
        run=_bring,
    )
    list_display = ("name", "form_name", "result", "taken_by", "came", "acquirer")
    list_filter = (among("state", "state", labels(FileState)), "form")
    list_select_related = ("acquirer",)
    fields = (
        "name", "form_name", "result", "bytes", "refused_line", "refused_column",
        "refused_because", "sha256", "taken_by", "came", "found",
    )  # fmt: skip
    readonly_fields = ("form_name", "result", "bytes", "came", "found")

    class Media:
        css = {"all": ["console/panels.css"]}

    @admin.display(description="form")
    def form_name(self, row: BankFile) -> str:
        return row.get_form_display()

    @admin.display(description="state")
    def result(self, row: BankFile) -> SafeString:
        return show_status(row.state)

    @admin.display(description="came")
    def came(self, row: BankFile) -> str | None:
        return show_moment(row.created_at)

    @admin.display(description="statements")
    def found(self, row: BankFile) -> SafeString:
        rows = ((link(each.public_id, each.bank_id),) for each in row.statements.order_by("id"))
        return format_html_join("", "<p>{}</p>", rows)

    def open_kept(self, row: BankFile, by: str) -> IO[bytes]:
        return open_bank_file(row, by=by)


@admin.register(BankStatement)
class BankStatementAdmin(ReadOnly, OwnedAdmin):
    """Each opens with what the one before it closed with."""

    list_display = (
        "closes_on", "paying_account", "number", "opening", "closing", "entry_count", "acquirer",
    )  # fmt: skip
    list_filter = ("livemode",)
    list_select_related = ("paying_account", "acquirer")
    fields = (
        "paying_account", "number", "bank_id", "closes_on", "opening", "closing", "entries_of",
        "of_file",
    )  # fmt: skip
    readonly_fields = ("opening", "closing", "entries_of", "of_file")
    opening = money_of("opening_minor", "opening")
    closing = money_of("closing_minor", "closing")

    @admin.display(description="file")
    def of_file(self, row: BankStatement) -> SafeString:
        return link(row.file.public_id, row.file.name)

    @admin.display(description="entries")
    def entries_of(self, row: BankStatement) -> SafeString:
        address = reverse("admin:settlement_bankentry_changelist")
        return format_html(
            '<a class="tg-link" href="{}?statement__id__exact={}">{}</a>',
            address, row.pk, row.entry_count,
        )  # fmt: skip


@admin.register(BankEntry)
class BankEntryAdmin(Acting, ReadOnly, OwnedAdmin):
    """Above zero is money that came in; what is unexplained stands in suspense."""

    acts = ENTRY_ACTS
    list_display = ("booked_on", "amount", "meant", "bank_reference", "remittance", "acquirer")
    list_filter = (Days, among("meaning", "meaning", labels(Meaning)), "livemode")
    list_filter_submit = True
    list_select_related = ("acquirer",)
    fields = (
        "buttons", "statement", "line", "amount", "booked_on", "value_on", "meant", "why",
        "payouts", "pays", "explanation", "because", "explained_by", "approved_by", "explained_at",
        "bank_reference", "references", "remittance", "is_reversal", "reason", "posted",
    )  # fmt: skip
    readonly_fields = ("buttons", "amount", "meant", "payouts", "pays", "posted")
    amount = money_of("amount_minor", "amount")

    class Media:
        css = {"all": ["console/panels.css"]}

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Nobody has anything to say of an entry that is explained."""
        if obj is not None and obj.meaning != Meaning.UNEXPLAINED:
            return [name for name in self.fields or () if name != "buttons"]
        return super().get_fields(request, obj)

    @admin.display(description="meaning")
    def meant(self, row: BankEntry) -> SafeString:
        tone = "open" if row.meaning == Meaning.UNEXPLAINED else "done"
        return show_status(tone, row.get_meaning_display())

    @admin.display(description="payouts")
    def payouts(self, row: BankEntry) -> SafeString:
        steps = PayoutTransition.objects.filter(told_by=row.public_id).select_related("payout")
        rows = ((link(step.payout.public_id),) for step in steps[:PAYOUTS_SHOWN])
        return format_html_join("", "<p>{}</p>", rows)

    @admin.display(description="settlement files")
    def pays(self, row: BankEntry) -> SafeString:
        parts = list(
            row.settlements.select_related("scheme_file").order_by("scheme_file__business_date")
        )
        files = [part.scheme_file_id for part in parts]
        all_of = PaidSettlement.objects.filter(scheme_file__in=files, currency=row.currency)
        several = Counter(all_of.values_list("scheme_file_id", flat=True))
        rows = (
            (link(part.scheme_file.public_id, part.scheme_file.name),
             Money(part.amount_minor, part.currency), _which(part, several[part.scheme_file_id]))
            for part in parts
        )  # fmt: skip
        return format_html_join("", "<p>{} {} {}</p>", rows)

    @admin.display(description="in the books")
    def posted(self, row: BankEntry) -> SafeString:
        return render_entries_of(("bank_entry", row.id))


def _which(part: PaidSettlement, several: int) -> str:
    """Which of the entries that pay a file together it is."""
    return "" if several < 2 else _("part %(part)s of %(several)s") % {
        "part": part.part, "several": several,
    }  # fmt: skip
