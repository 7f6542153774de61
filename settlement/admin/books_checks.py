"""Checks of the books in the console: what each found, in words."""

from typing import Any

from django.contrib import admin
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from settlement.books.invariants import INVARIANTS
from settlement.models import BooksCheck
from tenancy.links import link
from tenancy.owned_admin import OwnedAdmin
from tenancy.read_only import ReadOnly
from tenancy.showing import show_moment, show_status


@admin.register(BooksCheck)
class BooksCheckAdmin(ReadOnly, OwnedAdmin):
    """Newest first; made every night, and by ``manage.py check_books``."""

    list_display = ("when", "result", "faults", "acquirer")
    list_select_related = ("acquirer",)
    fields = ("when", "result", "acquirer", "rules")
    readonly_fields = ("when", "result", "rules")

    class Media:
        css = {"all": ["console/panels.css"]}

    @admin.display(description="checked")
    def when(self, row: BooksCheck) -> str | None:
        return show_moment(row.began_at)

    @admin.display(description="result")
    def result(self, row: BooksCheck) -> SafeString:
        return show_status("faulty", "faults found") if row.faults else show_status("done", "sound")

    @admin.display(description="what must hold")
    def rules(self, row: BooksCheck) -> SafeString:
        return render_to_string("settlement/books_check.html", {"rules": _rules(row)})


def _rules(row: BooksCheck) -> list[dict[str, Any]]:
    return [
        {
            "meaning": invariant.meaning,
            "count": row.findings[invariant.name]["count"],
            "first": [_fault(line) for line in row.findings[invariant.name]["first"]],
        }
        for invariant in INVARIANTS
        if invariant.name in row.findings
    ]


def _fault(line: str) -> tuple[SafeString, str]:
    """The id as a link to its page, and what is wrong with it."""
    public_id, _, said = line.partition(": ")
    return link(public_id), said
