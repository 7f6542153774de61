"""Baskets of the past into a merchant's rows: by COPY and sets, once whatever happens.

They are baskets and never payments: no book, no statement, no figure of payments knows of them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, LiteralString

from django.db import connection, transaction

from kernel import clock
from loyalty.basket_file import OldLine
from merchants.models import Merchant

_STAGE: LiteralString = """
CREATE TEMPORARY TABLE old_lines (place bigint GENERATED ALWAYS AS IDENTITY, basket text,
    at timestamptz, sku text, name text, category text, quantity int, unit_amount bigint,
    total bigint)
    ON COMMIT DROP
"""
_COPY: LiteralString = """
COPY old_lines (basket, at, sku, name, category, quantity, unit_amount, total) FROM STDIN
"""
_BASKETS: LiteralString = """
INSERT INTO loyalty_basket (id, created_at, acquirer_id, merchant_id, store_id, livemode, source,
       file, reference, bought_at, currency, amount_minor, refunded_minor, lines_minor, line_count,
       member_id)
SELECT gen_random_uuid(), %(now)s, %(acquirer)s, %(merchant)s, NULL, %(livemode)s, 'import',
       %(file)s, basket, min(at), %(currency)s, sum(total), 0,
       sum(quantity * unit_amount), count(*), NULL
  FROM old_lines GROUP BY basket
ON CONFLICT (merchant_id, livemode, source, file, reference) DO NOTHING
"""
# Only of the baskets that this run has made: they have no line yet.
_LINES: LiteralString = """
INSERT INTO loyalty_basketline (id, created_at, acquirer_id, merchant_id, livemode, basket_id,
       number, bought_at, sku, name, category, quantity, unit_amount_minor, unit_cost_minor)
SELECT gen_random_uuid(), %(now)s, b.acquirer_id, b.merchant_id, b.livemode, b.id,
       row_number() OVER (PARTITION BY b.id ORDER BY o.place), b.bought_at, o.sku, o.name,
       COALESCE(NULLIF(o.category, ''), c.category, ''), o.quantity, o.unit_amount,
       CASE WHEN c.currency = b.currency THEN c.cost_minor END
  FROM old_lines o
  JOIN loyalty_basket b ON b.merchant_id = %(merchant)s AND b.livemode = %(livemode)s
       AND b.source = 'import' AND b.file = %(file)s AND b.reference = o.basket
  LEFT JOIN loyalty_product c ON c.merchant_id = b.merchant_id AND c.sku = o.sku
 WHERE NOT EXISTS (SELECT FROM loyalty_basketline l WHERE l.basket_id = b.id)
"""


@dataclass(slots=True)
class Imported:
    """What came of a file."""

    baskets: int = 0
    lines: int = 0
    known_baskets: int = 0  # were there from an earlier run
    returned_lines: int = 0  # none, or below zero: passed over


def import_baskets(
    merchant: Merchant, lines: Iterable[OldLine], *, livemode: bool, file: str, currency: str
) -> Imported:
    """Append the baskets that ``file`` (a name, for good) has not brought yet, or nothing."""
    done = Imported()
    params: dict[str, Any] = {
        "now": clock.now(),
        "acquirer": merchant.acquirer_id,
        "merchant": merchant.id,
        "livemode": livemode,
        "file": file,
        "currency": currency,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_STAGE)
        with cursor.copy(_COPY) as copy:
            for line in lines:
                if line.quantity <= 0:
                    done.returned_lines += 1
                    continue
                copy.write_row((line.basket, line.at, line.sku, line.name, line.category,
                                line.quantity, line.unit_amount_minor,
                                line.total_minor))  # fmt: skip
        cursor.execute("SELECT count(DISTINCT basket) FROM old_lines")
        [(distinct,)] = cursor.fetchall()
        cursor.execute(_BASKETS, params)
        done.baskets = cursor.rowcount
        done.known_baskets = distinct - done.baskets
        cursor.execute(_LINES, params)
        done.lines = cursor.rowcount
        cursor.execute("DROP TABLE old_lines")
    return done
