"""The audit trail in the admin: searched, narrowed, exported; never edited."""

import csv
import json
from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, StreamingHttpResponse

from kernel.cells import as_text
from tenancy import audit
from tenancy.listing.filters import Among
from tenancy.listing.keys import key_in
from tenancy.models import AuditEntry
from tenancy.owned_admin import OwnedAdmin
from tenancy.scope import in_this_scope
from tenancy.signed_in import staff_of

EXPORT_LIMIT = 100_000
_COLUMNS = ("at", "actor", "origin", "action", "table", "row", "before", "after")


class _Echo:
    """csv writes into it, and gets each line back."""

    def write(self, line: str) -> str:
        return line


def _lines(entries: QuerySet[AuditEntry, AuditEntry]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield str(writer.writerow(_COLUMNS))
    for entry in entries[:EXPORT_LIMIT].iterator(chunk_size=2000):
        before, after = (
            json.dumps(side, ensure_ascii=False) for side in (entry.before, entry.after)
        )
        cells = (
            entry.at.isoformat(), entry.actor, entry.origin, entry.action, entry.table,
            entry.row_id, before, after,
        )  # fmt: skip
        yield str(writer.writerow([as_text(cell) for cell in cells]))


class TableFilter(Among):
    """The tables that are watched; the trail is not read for their names."""

    title = "table"
    parameter_name = "table"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        names = (model._meta.db_table for model, _how in audit.audited_models())
        return [(name, name) for name in sorted(names)]


@admin.register(AuditEntry)
class AuditEntryAdmin(OwnedAdmin):
    """Newest first. Search by the row's id or the actor: both have an index."""

    list_display = ("at", "actor", "origin", "action", "table", "row_id")
    list_filter = ("action", TableFilter)
    search_fields = ("row_id",)
    search_help_text = "The changed row's id, or who changed it, such as staff:ana@bank.example."
    date_hierarchy = None
    actions = ("export",)

    def find(self, text: str) -> list[Q]:
        row_ids = [text, *(str(key) for key in key_in(text))]
        return [Q(row_id__in=row_ids), Q(actor=text)]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_export_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("tenancy.export_auditentry")

    @admin.action(description="Export the chosen entries as CSV", permissions=["export"])
    def export(
        self, request: HttpRequest, entries: QuerySet[AuditEntry, AuditEntry]
    ) -> StreamingHttpResponse:
        staff = staff_of(request)
        detail = {"limit": EXPORT_LIMIT, "query": request.META.get("QUERY_STRING", "")[:500]}
        audit.note("trail_exported", str(staff.pk), acquirer_id=staff.acquirer_id, detail=detail)
        lines = in_this_scope(_lines(entries))
        answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = 'attachment; filename="audit-trail.csv"'
        return answer
