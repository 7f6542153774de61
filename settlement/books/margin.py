"""What is earned: fees less what the scheme costs, by merchant, business day and currency.

The scheme's cost of a line is what its settlement file says of it, which is what the books have in
``scheme_cost``; where none has the line yet, what its transaction file says; else what the contract
with the scheme expects. Lines of none of them are counted as unknown.
VAT is neither income nor cost.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from settlement.scheme_files.names import SETTLEMENT, TRANSACTION
from settlement.state import FileState, LineKind
from tenancy.models import Acquirer
from tenancy.scope import tenant_scope

DAYS_LIMIT = 92  # of one look
_BESIDE = 5  # days that the scheme's day may stand beside ours
_LATER = 40  # days after which a line of the day is settled at the latest, by us or the scheme

_MARGIN = f"""
WITH rows AS MATERIALIZED (
    SELECT DISTINCT ON (row.own_id, row.kind IN ('PAYMENT', 'P'))
           row.own_id, row.kind IN ('PAYMENT', 'P') AS is_sale, row.fee_minor,
           row.kind IN ('P', 'R') AS is_settled
      FROM settlement_schemerow AS row
     WHERE row.acquirer_id = %(acquirer)s
       AND row.file_id IN (
            SELECT id FROM settlement_schemefile
             WHERE acquirer_id = %(acquirer)s AND livemode = %(livemode)s
               AND state = '{FileState.LOADED}'
               AND business_date BETWEEN %(first)s::date - {_BESIDE}
                   AND %(last)s::date + CASE kind WHEN '{TRANSACTION}' THEN {_BESIDE}
                                                  WHEN '{SETTLEMENT}' THEN {_LATER} END)
     ORDER BY row.own_id, row.kind IN ('PAYMENT', 'P'), row.kind IN ('P', 'R') DESC, row.id),
lines AS (
    SELECT line.merchant_id, line.business_date, line.currency, line.kind, line.gross_minor,
           line.fee_minor, COALESCE(undone.fee_minor, rows.fee_minor) AS told,
           COALESCE(undone.is_settled, rows.is_settled, false) AS is_settled,
           CASE WHEN line.kind <> '{LineKind.PAYMENT}' AND NOT contract.returns_fee THEN 0
                ELSE round(abs(line.gross_minor) * contract.fee_basis_points / 10000) END
           AS expected
      FROM settlement_batch AS batch
      JOIN settlement_line AS line ON line.batch_id = batch.id
      LEFT JOIN payments_payment AS payment ON payment.id = line.payment_id
      LEFT JOIN payments_refund AS refund ON refund.id = line.refund_id
      LEFT JOIN rows ON rows.own_id = COALESCE(refund.partner_refund_id, payment.partner_trans_id)
                    AND rows.is_sale = (line.kind = '{LineKind.PAYMENT}')
      -- A cancel is settled under the scheme's own id.
      LEFT JOIN rows AS undone
        ON undone.own_id = payment.scheme_transaction_id AND NOT undone.is_sale
       AND line.kind = '{LineKind.CANCEL}'
      LEFT JOIN settlement_schemecontract AS contract
        ON contract.partner_account_id = payment.partner_account_id
     WHERE batch.acquirer_id = %(acquirer)s AND batch.livemode = %(livemode)s
       AND batch.business_date BETWEEN %(first)s::date AND %(last)s::date + {_LATER}
       AND line.business_date BETWEEN %(first)s AND %(last)s
       AND line.kind IN ('{LineKind.PAYMENT}', '{LineKind.REFUND}', '{LineKind.CANCEL}')
       AND (%(merchant)s::uuid IS NULL OR batch.merchant_id = %(merchant)s))
SELECT lines.merchant_id, merchant.display_name, business_date, currency,
       COALESCE(sum(gross_minor) FILTER (WHERE kind = '{LineKind.PAYMENT}'), 0)::bigint,
       -sum(lines.fee_minor)::bigint,
       sum(CASE WHEN kind = '{LineKind.PAYMENT}' THEN 1 ELSE -1 END
           * COALESCE(told, expected, 0))::bigint,
       count(*) FILTER (WHERE is_settled)::int,
       count(*) FILTER (WHERE told IS NOT NULL AND NOT is_settled)::int,
       count(*) FILTER (WHERE told IS NULL AND expected IS NOT NULL)::int,
       count(*) FILTER (WHERE told IS NULL AND expected IS NULL)::int
  FROM lines JOIN merchants_merchant AS merchant ON merchant.id = lines.merchant_id
 GROUP BY lines.merchant_id, merchant.display_name, business_date, currency
 ORDER BY business_date, merchant.display_name, lines.merchant_id, currency
"""  # noqa: S608 - the program's words


@dataclass(frozen=True, slots=True)
class Margin:
    """Of one merchant, day and currency, in minor units; ``cost`` is the scheme's.

    ``settled`` lines have their cost from the scheme's settlement file, ``told`` ones from its
    transaction file, ``expected`` ones from the contract, ``unknown`` ones cost nothing here.
    """

    merchant_id: UUID
    merchant: str
    business_date: date
    currency: str
    sales: int
    fees: int
    cost: int
    settled: int
    told: int
    expected: int
    unknown: int

    @property
    def margin(self) -> int:
        """Fee income less the scheme's cost."""
        return self.fees - self.cost


def list_margins(
    acquirer: Acquirer,
    first: date,
    last: date,
    *,
    livemode: bool,
    merchant_id: UUID | None = None,
) -> list[Margin]:
    """The settled lines of the business days ``first`` to ``last``, both within; oldest first.

    Raises ValueError for more than DAYS_LIMIT days.
    """
    if not 0 <= (last - first).days < DAYS_LIMIT:
        raise ValueError(f"1 to {DAYS_LIMIT} days")
    told: dict[str, Any] = {
        "acquirer": acquirer.id,
        "livemode": livemode,
        "first": first,
        "last": last,
        "merchant": merchant_id,
    }
    with tenant_scope(acquirer.id), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_MARGIN, told)
        return [Margin(*row) for row in cursor.fetchall()]


def sum_by_currency(rows: list[Margin]) -> dict[str, tuple[int, int, int]]:
    """Fees, cost and margin of each currency."""
    sums: dict[str, tuple[int, int, int]] = {}
    for row in rows:
        fees, cost, margin = sums.get(row.currency, (0, 0, 0))
        sums[row.currency] = fees + row.fees, cost + row.cost, margin + row.margin
    return dict(sorted(sums.items()))
