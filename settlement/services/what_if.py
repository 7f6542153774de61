"""What a past month would have cost under another plan: the same rule, and nothing is written.

The month's settled lines are charged again by one version for the whole month, as if the merchant
had joined on its first day. Money back of a sale before the month follows what charged that sale.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from settlement.batches.fees import NO_VOLUMES, charging
from settlement.fees.terms import first_instant
from settlement.models import Batch, FeeVersion
from settlement.selectors import fee_terms_of
from tenancy.models import Acquirer
from tenancy.scope import tenant_scope

PIECE = 200  # merchants that one statement charges

_PAST = """
SELECT batch.number AS place, line.entry_id, line.merchant_id, line.currency, line.gross_minor,
       line.kind, line.booked_at, line.payment_id, line.refund_id, line.business_date,
       line.fee_minor AS was_fee, line.vat_minor AS was_vat
  FROM settlement_line AS line
  JOIN settlement_batch AS batch ON batch.id = line.batch_id
 WHERE line.acquirer_id = %(acquirer)s AND line.merchant_id = ANY (%(merchants)s)
   AND batch.livemode = %(livemode)s AND batch.ends_at > %(since)s
   AND line.booked_at >= %(since)s AND line.booked_at < %(until)s
"""
_PROPOSED = """
SELECT merchant_id, version.id AS version_id, version.rounding, version.tiers,
       %(since)s::timestamptz AS joined_at, '-infinity'::timestamptz AS since,
       'infinity'::timestamptz AS until
  FROM unnest(%(merchants)s::uuid[]) AS merchant_id
 CROSS JOIN settlement_feeversion AS version
 WHERE version.id = %(version)s AND version.acquirer_id = %(acquirer)s
"""
_PARTS = {"picked": _PAST, **charging(_PROPOSED, NO_VOLUMES, "line.booked_at < %(since)s")}
_WITH = ", ".join(f"{name} AS MATERIALIZED ({sql})" for name, sql in _PARTS.items())
_COMPARE = f"""
WITH {_WITH}
SELECT merchant.id, merchant.display_name, picked.currency, count(*)::int,
       COALESCE(sum(picked.gross_minor) FILTER (WHERE picked.kind = 'payment'), 0)::bigint,
       -sum(was_fee)::bigint, -sum(was_vat)::bigint,
       -sum(charged.fee_minor)::bigint, -sum(charged.vat_minor)::bigint
  FROM picked
  JOIN charged USING (entry_id)
  JOIN merchants_merchant AS merchant ON merchant.id = picked.merchant_id
 GROUP BY merchant.id, merchant.display_name, picked.currency
 ORDER BY merchant.display_name, merchant.id, picked.currency
"""  # noqa: S608 - the program's words


@dataclass(frozen=True, slots=True)
class Compared:
    """One merchant and currency; minor units, above zero for what the merchant pays."""

    merchant_id: UUID
    merchant: str
    currency: str
    lines: int
    sales: int
    fees: int
    vat: int
    proposed_fees: int
    proposed_vat: int

    @property
    def difference(self) -> int:
        """What the fees would be more, or less below zero."""
        return self.proposed_fees - self.fees


def what_if(
    acquirer: Acquirer,
    version: FeeVersion,
    month: date,
    *,
    livemode: bool,
    merchants: Sequence[UUID] | None = None,
) -> list[Compared]:
    """Each merchant's settled month as charged and under ``version``; nothing is written.

    ``month`` is any day of it, in the acquirer's zone; ``merchants`` None is all.
    """
    first = month.replace(day=1)
    after = (first + timedelta(days=32)).replace(day=1)
    zone = acquirer.time_zone
    with tenant_scope(acquirer.id):
        told = fee_terms_of(acquirer) | {
            "acquirer": acquirer.id,
            "livemode": livemode,
            "version": version.id,
            "since": first_instant(first, zone),
            "until": first_instant(after, zone),
        }
        found: list[Compared] = []
        for piece in _pieces(merchants, livemode=livemode):
            found += _compare(told | {"merchants": piece})
    return sorted(found, key=lambda row: (row.merchant, row.merchant_id, row.currency))


def _pieces(merchants: Sequence[UUID] | None, *, livemode: bool) -> Iterator[list[UUID]]:
    settled = Batch.objects.filter(livemode=livemode)
    if merchants is not None:
        settled = settled.filter(merchant_id__in=merchants)
    keys = list(settled.order_by("merchant_id").values_list("merchant_id", flat=True).distinct())
    for begin in range(0, len(keys), PIECE):
        yield keys[begin : begin + PIECE]


def _compare(told: dict[str, Any]) -> list[Compared]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL transaction_read_only = on; SET LOCAL work_mem = '64MB'")
        cursor.execute(_COMPARE, told)
        rows = [Compared(*row) for row in cursor.fetchall()]
        transaction.set_rollback(True)  # also of what was set
    return rows
