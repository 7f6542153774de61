"""Reconciliation in the console: breaks with both sides, the scheme's files, and what was run."""

from datetime import timedelta
from typing import IO, Any, ClassVar
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from unfold.widgets import UnfoldAdminFileFieldWidget

from kernel import clock, ids
from kernel.errors import TillgateError
from ledger.panel import render_entries_of
from merchants.models import Merchant
from payments.models import Payment, Refund
from settlement.admin.break_acts import BREAK_ACTS
from settlement.admin.kept_file import KeptFile
from settlement.admin.sides import render_sides
from settlement.models import Break, Note, Run, SchemeFile
from settlement.scheme_files.cells import BEIJING
from settlement.services.break_work import take_all
from settlement.services.take_file import check_name, line_of, open_file, take_file
from settlement.state import BreakKind, BreakState, FileState, Way, labels
from tenancy.acting_admin import Acting, in_words
from tenancy.links import link
from tenancy.listing.filters import among
from tenancy.owned_admin import OwnedAdmin, OwnedForm, OwnedInline
from tenancy.read_only import ReadOnly
from tenancy.scope import tenant_scope
from tenancy.showing import money_of, show_moment, show_status
from tenancy.signed_in import staff_of

UPLOAD_LIMIT = 32 * 1024 * 1024  # bytes; some 200,000 rows


class NoteRows(ReadOnly, OwnedInline):
    """Oldest first: they tell a story."""

    model = Note
    fields = ("written", "written_by", "text")
    readonly_fields = fields
    ordering = ("id",)

    @admin.display(description="written")
    def written(self, row: Note) -> str | None:
        return show_moment(row.created_at)


class Whose(admin.SimpleListFilter):
    """Mine, nobody's."""

    title = lazy("owner")
    parameter_name = "whose"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("mine", lazy("mine")), ("nobody", lazy("nobody's"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "mine":
            return queryset.filter(owner=request.user)
        return queryset.filter(owner=None) if self.value() == "nobody" else queryset


class Age(admin.SimpleListFilter):
    """How long it stands open, in the steps of settlement-conventions section 7."""

    title = lazy("age")
    parameter_name = "age"
    _STEPS: ClassVar[dict[str, tuple[int, int]]] = {
        "0-1": (0, 1), "2-5": (2, 5), "6-30": (6, 30), "31": (31, 3650),
    }  # fmt: skip

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("0-1", lazy("0 to 1 day")),
            ("2-5", lazy("2 to 5 days")),
            ("6-30", lazy("6 to 30 days")),
            ("31", lazy("more than 30 days")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if (step := self._STEPS.get(str(self.value()))) is None:
            return queryset
        today = clock.now().astimezone(BEIJING).date()
        last, first = (today - timedelta(days=days) for days in step)
        return queryset.filter(state=BreakState.OPEN, business_date__range=(first, last))


@admin.action(description=lazy("Make them my work"))
def take_them(page: Any, request: HttpRequest, rows: QuerySet[Break]) -> None:
    """Of those that were chosen, the open ones."""
    try:
        count = take_all(staff_of(request), rows)
    except TillgateError as refusal:
        page.message_user(request, in_words(refusal), messages.ERROR)
        return
    page.message_user(request, _("%(count)s breaks are yours.") % {"count": count})


@admin.register(Break)
class BreakAdmin(Acting, ReadOnly, OwnedAdmin):
    """Open ones are somebody's work; mended ones ended by themselves."""

    acts = BREAK_ACTS
    actions = (take_them,)
    inlines = (NoteRows,)
    list_display = (
        "business_date", "way", "kind", "result", "about", "risk", "age", "owner", "acquirer",
    )  # fmt: skip
    list_display_links = ("about",)
    list_filter = (
        among("state", "state", labels(BreakState)),
        among("kind", "kind", labels(BreakKind)),
        among("way", "way", labels(Way)),
        Whose,
        Age,
        "livemode",
    )
    list_select_related = ("acquirer", "owner")
    fields = (
        "buttons", "business_date", "way", "kind", "result", "owner", "about", "risk", "age",
        "payment", "refund", "merchant", "sides", "file", "line", "raw", "asked", "ended",
        "resolution", "outcome", "ended_by", "approved_by", "entries",
    )  # fmt: skip
    readonly_fields = (
        "buttons", "result", "risk", "age", "payment", "refund", "merchant", "sides", "raw",
        "asked", "ended", "entries",
    )  # fmt: skip
    ordering = ("-pk",)

    class Media:
        css: ClassVar[dict[str, list[str]]] = {"all": ["console/panels.css"]}

    risk = money_of("amount_at_risk", "at risk")

    @admin.display(description="state")
    def result(self, row: Break) -> SafeString:
        return show_status(row.state)

    @admin.display(description="days")
    def age(self, row: Break) -> int:
        """Since its day, until it ended."""
        until = (row.ended_at or clock.now()).astimezone(BEIJING).date()
        return (until - row.business_date).days

    @admin.display(description="payment")
    def payment(self, row: Break) -> SafeString | None:
        return _link(Payment.PREFIX, row.payment_id)

    @admin.display(description="refund")
    def refund(self, row: Break) -> SafeString | None:
        return _link(Refund.PREFIX, row.refund_id)

    @admin.display(description="merchant")
    def merchant(self, row: Break) -> SafeString | None:
        found = row.merchant_id and Merchant.objects.filter(id=row.merchant_id).first()
        return None if not found else link(found.public_id, found.display_name)

    @admin.display(description="both sides")
    def sides(self, row: Break) -> SafeString:
        return render_sides(row)

    @admin.display(description="as it stands in the file")
    def raw(self, row: Break) -> str:
        return "" if row.line is None else line_of(row.file, row.line)

    @admin.display(description="Alipay was asked")
    def asked(self, row: Break) -> str | None:
        return show_moment(row.asked_at)

    @admin.display(description="ended")
    def ended(self, row: Break) -> str | None:
        return show_moment(row.ended_at)

    @admin.display(description="in the books")
    def entries(self, row: Break) -> SafeString:
        return render_entries_of(("reconciliation_break", row.id))


class UploadForm(OwnedForm):
    """A file as Alipay gives it, under Alipay's own name."""

    file = forms.FileField(
        widget=UnfoldAdminFileFieldWidget(),
        help_text=f"Under Alipay's own name; at most {UPLOAD_LIMIT // 1024**2} MB. "
        "Larger ones: manage.py reconcile --file.",
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > UPLOAD_LIMIT:
            raise forms.ValidationError(
                _("The file is larger than %(limit)s MB.") % {"limit": UPLOAD_LIMIT // 1024**2}
            )
        return file

    def clean(self) -> dict[str, Any] | None:
        said = super().clean() or {}
        if "file" in said and "partner_account" in said:
            self.check_with_service(check_name, said["partner_account"], said["file"].name)
        return said

    def _post_clean(self) -> None:
        """The service makes the row, and knows what is right."""


@admin.register(SchemeFile)
class SchemeFileAdmin(KeptFile, ReadOnly, OwnedAdmin):
    """What came from the scheme, and what became of it."""

    form = UploadForm

    list_display = ("name", "business_date", "kind", "result", "row_count", "source", "acquirer")
    list_filter = (among("state", "state", labels(FileState)), "kind", "livemode")
    list_select_related = ("acquirer",)
    fields = (
        "name", "business_date", "kind", "result", "bytes", "row_count", "refused_line",
        "refused_column", "refused_because", "sha256", "source", "taken_by", "came",
    )  # fmt: skip
    readonly_fields = ("result", "bytes", "came")
    ordering = ("-pk",)

    def open_kept(self, row: SchemeFile, by: str) -> IO[bytes]:
        return open_file(row)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm("settlement.add_schemefile"))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["partner_account", "file"] if obj is None else super().get_fields(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else super().get_readonly_fields(request, obj)

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Any:
        account, file = form.cleaned_data["partner_account"], form.cleaned_data["file"]
        form.save_m2m = lambda: None
        with tenant_scope(account.acquirer_id):
            return take_file(
                account, file.name, file, source=SchemeFile.Source.UPLOAD,
                actor=staff_of(request).actor,
            )  # fmt: skip

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """``save_form`` has taken it."""

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        """On to its page, which says what became of it."""
        if obj.state == FileState.REFUSED:
            text, level = _("The file is refused whole: nothing of it counts."), messages.ERROR
        else:
            text, level = _("The file is taken: its day is compared next."), messages.SUCCESS
        self.message_user(request, text, level)
        return HttpResponseRedirect(reverse("admin:settlement_schemefile_change", args=[obj.pk]))

    @admin.display(description="state")
    def result(self, row: SchemeFile) -> SafeString:
        return show_status(row.state)

    @admin.display(description="came")
    def came(self, row: SchemeFile) -> str | None:
        return show_moment(row.created_at)


@admin.register(Run)
class RunAdmin(ReadOnly, OwnedAdmin):
    """Each day compared one way: what its last run came to."""

    list_display = ("public_id", "business_date", "way", "rows", "found", "ended", "acquirer")
    list_filter = (among("way", "way", labels(Way)), "livemode")
    list_select_related = ("acquirer",)
    fields = ("business_date", "way", "file", "rows", "found", "opened", "mended", "ended")
    readonly_fields = ("ended",)
    ordering = ("-pk",)

    @admin.display(description="ended")
    def ended(self, row: Run) -> Any:
        return show_moment(row.ended_at) or show_status("processing", "running")


def _link(prefix: str, key: UUID | None) -> SafeString | None:
    return None if key is None else link(ids.encode(prefix, key))
