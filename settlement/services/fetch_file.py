"""Fetching one expected file: under a lease, taken like any other, tried again if it is not there.

The same bytes are no second file, so that dying anywhere, or two who fetch, change nothing.
"""

import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta

import structlog
from django.db.models import F

from connectors.alipay.daily_files import FilesUnavailable, Reason, fetch_into
from kernel import clock
from settlement.models import ExpectedFile, FilePlace, SchemeFile
from settlement.scheme_files.cells import BEIJING
from settlement.scheme_files.names import FileName
from settlement.services.expect_files import CORRECTED_DAYS, is_missed, is_over
from settlement.services.file_places import explain
from settlement.services.take_file import take_file
from settlement.state import Expected, FileState
from tenancy.postgres import release_connection
from tenancy.scope import acting

log = structlog.get_logger(__name__)

LEASE = timedelta(minutes=15)  # longer than the longest file takes to come and to be loaded
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(minutes=30)
_IN_MEMORY = 8 * 1024 * 1024  # bytes; the rest of a file waits on the disk
_AT_ONCE = {Reason.HOST_KEY_DIFFERS}  # nobody waits until noon to hear of a stranger's server

Progress = Callable[[int], None]


def claim(row: ExpectedFile) -> bool:
    """Take the row for as long as LEASE; false where somebody else has it by now."""
    until = clock.now() + LEASE
    mine = ExpectedFile.objects.filter(pk=row.pk, due_at=row.due_at, tries=row.tries)
    if not mine.update(due_at=until, tries=F("tries") + 1):
        return False
    row.due_at, row.tries = until, row.tries + 1
    return True


def fetch_file(
    place: FilePlace, row: ExpectedFile, progress: Progress = lambda read: None
) -> SchemeFile | None:
    """Fetch and take the file of a ``row`` that is ours; None where it is not there.

    The row says what was found, and when to look again. In the account's tenant scope.
    """
    account = place.partner_account
    name = str(FileName(account.partner_id, row.kind, row.business_date))
    address = place.address
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as content:
        release_connection()  # none is held while the server is waited for
        try:
            fetch_into(content, address, name)
        except FilesUnavailable as failure:
            _not_there(place, row, failure)
            return None
        content.seek(0)
        with acting("task:fetch_files", origin=place.public_id):
            taken = take_file(
                account, name, content, source=SchemeFile.Source.SFTP,
                actor=f"fetched:{place.host}", progress=progress,
            )  # fmt: skip
    _came(row, taken)
    return taken


def _not_there(place: FilePlace, row: ExpectedFile, failure: FilesUnavailable) -> None:
    log.warning(
        "scheme_file_not_fetched", kind=row.kind, day=str(row.business_date), reason=failure.reason
    )
    if row.state == Expected.TAKEN:
        _come_back(row)  # it was there once: nothing is missing
        return
    row.said = explain(failure)
    if is_over(row):
        row.state, row.due_at = Expected.GIVEN_UP, None
    else:
        row.due_at = clock.now() + _pause(row.tries)
    if failure.reason in _AT_ONCE or is_missed(place, row):
        _owe_a_word(row)
    _keep(row)


def _came(row: ExpectedFile, taken: SchemeFile) -> None:
    row.file, row.said, row.tries = taken, "", 0
    if taken.state == FileState.REFUSED:
        where = f"line {taken.refused_line}, {taken.refused_column}".removesuffix(", ")
        row.said = f"refused: {where}: {taken.refused_because}"[:256]
        row.state, row.due_at = Expected.REFUSED, clock.now() + LONGEST_PAUSE
        _owe_a_word(row)
        _keep(row)
        return
    row.state, row.tell_at = Expected.TAKEN, None
    _come_back(row)


def _come_back(row: ExpectedFile) -> None:
    """Look again on the mornings in which a corrected file may still come."""
    tomorrow = clock.now().astimezone(BEIJING).date() + timedelta(days=1)
    last = row.business_date + timedelta(days=1 + CORRECTED_DAYS)
    morning = datetime.combine(tomorrow, time(11), tzinfo=BEIJING)
    row.due_at = morning.astimezone(UTC) if tomorrow <= last else None
    row.tries = 0
    _keep(row)


def _owe_a_word(row: ExpectedFile) -> None:
    """Operations are told once of each file."""
    if row.told_at is None and row.tell_at is None:
        row.tell_at = clock.now()


def _pause(tries: int) -> timedelta:
    """How long to wait after so many tries: twice as long each time."""
    doublings: int = min(tries - 1, 10)
    return min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE)


def _keep(row: ExpectedFile) -> None:
    row.save(update_fields=["state", "due_at", "tries", "said", "file", "tell_at"])
