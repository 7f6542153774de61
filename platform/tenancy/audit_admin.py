"""The audit trail in the admin: searched, narrowed, exported; never edited."""

import csv
import json
from collections.abc import Iterator
from typing import Any, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse

from kernel.cells import as_text
from tenancy import audit
from tenancy.models import AuditEntry, Staff
from tenancy.owned_admin import OwnedAdmin
from tenancy.scope import in_this_scope

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


@admin.register(AuditEntry)
class AuditEntryAdmin(OwnedAdmin):
    """Newest first. Search by the row's id, the actor or the address it came from."""

    list_display = ("at", "actor", "origin", "action", "table", "row_id")
    list_filter = ("action", "table")
    search_fields = ("=row_id", "=actor", "=origin")
    date_hierarchy = None
    actions = ("export",)

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
        staff = cast(Staff, request.user)
        detail = {"limit": EXPORT_LIMIT, "query": request.META.get("QUERY_STRING", "")[:500]}
        audit.note("trail_exported", str(staff.pk), acquirer_id=staff.acquirer_id, detail=detail)
        lines = in_this_scope(_lines(entries))
        answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = 'attachment; filename="audit-trail.csv"'
        return answer
