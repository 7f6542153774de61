"""A break as somebody's work: who looks after it, and what was found out about it."""

from collections.abc import Iterable

from kernel.errors import Conflict
from settlement.models import Break, Note
from settlement.state import BreakState
from tenancy.models import Staff
from tenancy.saving import faulty
from tenancy.scope import tenant_scope

TAKEN_LIMIT = 1000  # breaks at once
_PERMISSION = "settlement.resolve_break"


def give(staff: Staff, row: Break, owner: Staff | None) -> None:
    """Make it ``owner``'s work, or nobody's.

    Raises Forbidden ``role_not_allowed``, Conflict ``break_ended``, Rejected for somebody who may
    do nothing about it.
    """
    staff.check_perm(_PERMISSION)
    if row.state != BreakState.OPEN:
        raise Conflict("break_ended", f"The break is {row.state} already.")
    if owner is not None and not _may_work(owner, row):
        raise faulty("owner", "Somebody of your acquirer whose role ends breaks.")
    with tenant_scope(row.acquirer_id):
        row.owner = owner
        row.save(update_fields=["owner"])


def take_all(staff: Staff, rows: Iterable[Break]) -> int:
    """Make the open ones of ``rows`` one's own work; how many. Raises Forbidden."""
    staff.check_perm(_PERMISSION)
    keys = [row.pk for row in rows if row.state == BreakState.OPEN][:TAKEN_LIMIT]
    return Break.objects.filter(pk__in=keys, state=BreakState.OPEN).update(owner=staff)


def write_note(staff: Staff, row: Break, text: str) -> Note:
    """Add what was found out; a note is never changed. Raises Forbidden, Rejected if empty."""
    staff.check_perm(_PERMISSION)
    if not text.strip():
        raise faulty("text", "A note says something.")
    with tenant_scope(row.acquirer_id):
        return Note.objects.create(
            acquirer_id=row.acquirer_id,
            of=row,
            text=text.strip(),
            written_by=staff.actor,
        )


def workers_of(row: Break) -> list[Staff]:
    """Whose work the break could be: at most a few hundred people."""
    staff = Staff.objects.filter(acquirer_id=row.acquirer_id, is_active=True).order_by("email")
    return [person for person in staff[:500] if person.has_perm(_PERMISSION)]


def _may_work(owner: Staff, row: Break) -> bool:
    is_of_them = owner.acquirer_id in (None, row.acquirer_id)
    return owner.is_active and is_of_them and owner.has_perm(_PERMISSION)
