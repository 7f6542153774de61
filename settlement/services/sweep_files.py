"""The files' sweep: what is expected is noted, what is due is fetched, each by one worker."""

import time
from datetime import date
from typing import LiteralString
from uuid import UUID

import structlog
from django.db import connection

from kernel import clock
from kernel.errors import Conflict, NotFound
from merchants.models import PartnerAccount
from settlement.models import ExpectedFile, FilePlace, SchemeFile
from settlement.services.expect_files import expect_files, new_row
from settlement.services.fetch_file import Progress, claim, fetch_file
from tenancy.scope import platform_scope, tenant_scope

log = structlog.get_logger(__name__)

FILES_AT_ONCE = 20  # of one round, and none is begun after ROUND_SECONDS; the next does the rest
ROUND_SECONDS = 60
PLACES_LIMIT = 1000
_DUE: LiteralString = """
SELECT row.acquirer_id, row.id FROM settlement_expectedfile row
  JOIN settlement_fileplace place ON place.partner_account_id = row.partner_account_id
 WHERE row.due_at <= %s AND place.is_active ORDER BY row.due_at LIMIT %s
"""


def fetch_due_files() -> int:
    """Fetch what is due; how many files came."""
    _expect()
    ends, came = time.monotonic() + ROUND_SECONDS, 0
    with platform_scope(), connection.cursor() as cursor:
        cursor.execute(_DUE, [clock.now(), FILES_AT_ONCE])
        due: list[tuple[UUID, UUID]] = cursor.fetchall()
    for acquirer_id, row_id in due:
        if time.monotonic() > ends:
            break
        came += _try(acquirer_id, row_id)
    return came


def fetch_day(account: PartnerAccount, day: date, progress: Progress) -> list[ExpectedFile]:
    """Fetch both files of ``day`` now, whether or not their hour has come; what was found.

    In the account's tenant scope. Raises NotFound where nobody said where its files lie, Conflict
    ``fetch_in_progress`` while another worker is at one of them.
    """
    place = FilePlace.objects.filter(partner_account=account).first()
    if place is None:
        raise NotFound("not_found", "Nobody has said where the files of this account lie.")
    kinds = SchemeFile.Kind.values
    ExpectedFile.objects.bulk_create(
        [new_row(place, kind, day) for kind in kinds], ignore_conflicts=True
    )
    rows = ExpectedFile.objects.filter(partner_account=account, business_date=day)
    found = list(rows.order_by("-kind"))
    for row in found:
        if not claim(row):
            raise Conflict("fetch_in_progress", f"The {row.kind} file is being fetched.")
        fetch_file(place, row, progress)
    return found


def _expect() -> None:
    with platform_scope():
        places = list(FilePlace.objects.filter(is_active=True).order_by("id")[:PLACES_LIMIT])
    for place in places:
        with tenant_scope(place.acquirer_id):
            expect_files(place)


def _try(acquirer_id: UUID, row_id: UUID) -> bool:
    with tenant_scope(acquirer_id):
        row = ExpectedFile.objects.filter(pk=row_id, due_at__lte=clock.now()).first()
        if row is None or not claim(row):
            return False
        place = FilePlace.objects.select_related("partner_account").get(
            partner_account_id=row.partner_account_id
        )
        try:
            return fetch_file(place, row) is not None
        except Exception:
            log.exception("scheme_file_not_taken", file=row.public_id, tries=row.tries)
            return False
