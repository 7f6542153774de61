"""Asking for an export, and taking its file away; both are on record."""

from typing import IO
from uuid import UUID

from django.core.files.storage import storages

from kernel import clock
from kernel.errors import Conflict, Forbidden, NotFound
from settlement.exports.tables import TABLES
from settlement.models import Export
from tenancy.audit import note
from tenancy.models import Staff
from tenancy.saving import faulty

WAITING_LIMIT = 5  # of one person, at once
FILTERS_LIMIT = 2000  # characters


def ask_export(staff: Staff, *, of: str, filters: str, form: str) -> Export:
    """Have the list made into a file, with the filters of its page (a query string).

    Raises Forbidden ``role_not_allowed``, Rejected for a list, format or filter that cannot be,
    Conflict ``too_many_exports`` while WAITING_LIMIT of the person's are being written.
    """
    if of not in TABLES:
        raise faulty("of", "There is no such list.")
    check_may(staff, of)
    if form not in Export.Form.values:
        raise faulty("form", "csv or xlsx.")
    if len(filters) > FILTERS_LIMIT:
        raise faulty("filters", f"At most {FILTERS_LIMIT} characters.")
    assert staff.acquirer_id is not None  # noqa: S101 - check_may
    mine = Export.objects.filter(asked_by=staff, status=Export.Status.WRITING)
    if mine.count() >= WAITING_LIMIT:
        raise Conflict("too_many_exports", f"{WAITING_LIMIT} of yours are being written: wait.")
    row = Export.objects.create(
        acquirer_id=staff.acquirer_id,
        of=of,
        filters=filters,
        form=form,
        asked_by=staff,
        due_at=clock.now(),
    )
    _note("export_asked", row)
    return row


def check_may(staff: Staff, of: str) -> None:
    """Raise Forbidden unless the person is an acquirer's, may export, and may see the list."""
    permissions = ("settlement.add_export", TABLES[of].permission)
    if staff.acquirer_id is None or not all(staff.has_perm(each) for each in permissions):
        raise Forbidden("role_not_allowed", "Your role may not export this.")


def open_export(staff: Staff, export_id: UUID) -> tuple[Export, IO[bytes]]:
    """The file, for a person who may see the list; that they took it is on record.

    Raises Forbidden, NotFound while there is no file or when it is forgotten.
    """
    row = Export.objects.filter(id=export_id).first()
    if row is None or not row.stored_as or row.of not in TABLES:
        raise NotFound("not_found", "There is no such file.")
    check_may(staff, row.of)
    try:
        opened: IO[bytes] = storages["documents"].open(row.stored_as)
    except FileNotFoundError:
        raise NotFound("not_found", "The file is not in its folder.") from None
    _note("export_taken", row)
    return row, opened


def _note(what: str, row: Export) -> None:
    detail = {"list": row.of, "filters": row.filters, "form": row.form, "sha256": row.sha256}
    note(what, row.public_id, acquirer_id=row.acquirer_id, detail=detail)
