"""Journals in the console: made for days that have ended, kept, and taken by accounting."""

from typing import IO, Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from kernel.money import Money
from settlement.admin.kept_file import KeptFile
from settlement.models import Journal
from settlement.services.make_journal import make_journal, open_journal
from tenancy.acting_admin import Act, Confirm, Done, day
from tenancy.making_admin import Making, acquirer_of
from tenancy.owned_admin import OwnedAdmin
from tenancy.read_only import ReadOnly
from tenancy.showing import mode_of, show_moment
from tenancy.signed_in import staff_of


class JournalForm(Confirm):
    """Which days, of which money, and how fine."""

    mode = forms.ChoiceField(choices=[("live", lazy("live")), ("test", lazy("test"))])
    first_day = day(label="First day")
    last_day = day(label="Last day")
    form = forms.ChoiceField(label="Rows", choices=Journal.Form.choices)


def _make(request: HttpRequest, row: Any, said: dict[str, Any]) -> Done:
    made = make_journal(
        acquirer_of(request), said["first_day"], said["last_day"],
        livemode=said["mode"] == "live", form=said["form"], actor=staff_of(request).actor,
    )  # fmt: skip
    return Done(_("The journal is made."), about=made.public_id)


@admin.register(Journal)
class JournalAdmin(KeptFile, Making, ReadOnly, OwnedAdmin):
    """The same days make the same bytes: compare the digests."""

    file_type = "text/csv; charset=utf-8"

    making = Act(
        name="make",
        label="Make a journal",
        permission="settlement.add_journal",
        form=JournalForm,
        run=_make,
    )
    list_display = ("name", "first_day", "last_day", "form", "rows", "made_by", "acquirer")
    list_filter = ("livemode", "form")
    list_select_related = ("acquirer",)
    fields = (
        "name", "bytes", "form", "mode", "first_day", "last_day", "zone", "rows", "moved",
        "sha256", "made_by", "made",
    )  # fmt: skip
    readonly_fields = ("mode", "bytes", "moved", "made")
    mode = mode_of

    class Media:
        css = {"all": ["console/panels.css"]}

    @admin.display(description="debits, which are the credits")
    def moved(self, row: Journal) -> str:
        return ", ".join(str(Money(minor, currency)) for currency, minor in row.totals.items())

    @admin.display(description="made")
    def made(self, row: Journal) -> str | None:
        return show_moment(row.created_at)

    def open_kept(self, row: Journal, by: str) -> IO[bytes]:
        return open_journal(row, by=by)
