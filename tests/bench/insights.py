"""``make bench ARGS=--insights``: every report over the sums of ten million payments of a year.

The sums are made, not counted: what is measured is reading them, and analysing customers. They are
made set by set, in a scratch database without the triggers and foreign keys that look at each row:
the sums of ten million payments are millions of rows, right by how they are made.
"""

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import psycopg
from psycopg import sql
from rich.console import Console
from rich.table import Table

from tests.bench.scratch import scratch_database

PAYMENTS, QUICK_PAYMENTS = 10_000_000, 100_000
SECONDS_LIMIT = 1.0
MERCHANTS, STORES, DAYS = 40, 400, 365
_CALLS = 3
_SHARE_KNOWN = 0.4
_DAYS = "generate_series(current_date - %(days)s + 1, current_date, interval '1 day') AS d (at)"
# Half of everything is sold by one merchant: the worst that a page of one can meet.
_PLACE = """
  FROM (SELECT s.*, CASE WHEN s.merchant_id = (SELECT min(id::text)::uuid FROM merchants_merchant)
                         THEN 1 ELSE 0 END AS is_big,
               count(*) OVER () AS stores FROM merchants_store AS s) AS s CROSS JOIN """
# So many a day that all days and stores have the wanted number; a weekend sells half as much again.
_COUNT = """greatest(1, (%(count)s::float / %(days)s / s.stores
  * (0.7 + abs(hashtext(s.id::text || d.at::text) %% 60) / 100.0)
  * CASE WHEN EXTRACT(ISODOW FROM d.at) >= 6 THEN 1.5 ELSE 0.8 END)::int)"""
_HOURS = "ARRAY[{}]".format(
    ", ".join(f"(n * {weight} / 200)::bigint" for weight in
              (0, 0, 0, 0, 0, 0, 1, 5, 14, 12, 9, 11, 24, 20, 10, 9, 10, 14, 24, 20, 10, 5, 2, 0))
)  # fmt: skip
_HEAD = "gen_random_uuid(), now(), acquirer_id, merchant_id, %(livemode)s, day"
STATEMENTS = (
    f"""
INSERT INTO portal_daysales (id, created_at, acquirer_id, merchant_id, livemode, day, store_id,
  currency, payments, amount_minor, discount_minor, refunded_payments, refunded_minor, with_items,
  units, known_payments, known_minor, hours, hour_amounts)
SELECT {_HEAD}, store_id, 'HKD', n, n * 6200, n * 90, n / 40, n * 140, n, n * 3, n * 2 / 5,
  n * 2500, {_HOURS}, {_HOURS}
  FROM (SELECT s.acquirer_id, s.merchant_id, s.id AS store_id, d.at::date AS day, {_COUNT} AS n
        {_PLACE} {_DAYS}) AS made""",  # noqa: S608 - words of ours
    f"""
INSERT INTO portal_daywallet (id, created_at, acquirer_id, merchant_id, livemode, day, store_id,
  currency, wallet, payer_currency, payments, amount_minor)
SELECT {_HEAD}, store_id, 'HKD', wallet, payer_currency, greatest(1, n * part / 10), n * part * 620
  FROM (SELECT s.acquirer_id, s.merchant_id, s.id AS store_id, d.at::date AS day, {_COUNT} AS n
        {_PLACE} {_DAYS}) AS made
  CROSS JOIN (VALUES ('alipay', 'CNY', 6), ('alipay_hk', 'HKD', 4))
             AS w (wallet, payer_currency, part)
""",  # noqa: S608 - words of ours
    f"""
INSERT INTO portal_daycategory (id, created_at, acquirer_id, merchant_id, livemode, day, store_id,
  currency, category, payments, units, amount_minor, costed_minor, cost_minor)
SELECT {_HEAD}, store_id, 'HKD', category, greatest(1, n / part), n, n * 4000 / part,
  n * 4000 / part, n * 1600 / part
  FROM (SELECT s.acquirer_id, s.merchant_id, s.id AS store_id, d.at::date AS day, {_COUNT} AS n
        {_PLACE} {_DAYS}) AS made
  CROSS JOIN (VALUES ('tea', 1), ('coffee', 2), ('cakes', 3), ('sandwiches', 4), ('fruit', 6),
                     ('gifts', 8)) AS c (category, part)
""",  # noqa: S608 - words of ours
    """
INSERT INTO portal_daygoods (id, created_at, acquirer_id, merchant_id, livemode, day, currency,
  sku, name, category, payments, units, amount_minor, costed_minor, cost_minor)
SELECT gen_random_uuid(), now(), m.acquirer_id, m.id, %(livemode)s, d.at::date, 'HKD', 'A' || g,
  'Article ' || g, 'tea', 1 + g * 7 %% 13, 1 + g * 7 %% 17, 4000 + g * 37, 4000 + g * 37,
  1000 + abs(hashtext(g::text)) %% 3000
  FROM merchants_merchant AS m CROSS JOIN generate_series(1, %(goods)s) AS g CROSS JOIN """
    + _DAYS,
    f"""
INSERT INTO portal_daycampaign (id, created_at, acquirer_id, merchant_id, livemode, day, store_id,
  currency, campaign_id, payments, discount_minor, borne_minor, sales_minor)
SELECT {_HEAD}, store_id, 'HKD', %(campaign)s, greatest(1, n / 12), n * 90, n * 30, n * 500
  FROM (SELECT s.acquirer_id, s.merchant_id, s.id AS store_id, d.at::date AS day, {_COUNT} AS n
        {_PLACE} {_DAYS}) AS made""",  # noqa: S608 - words of ours
    # Visits thin out with the number of the customer: few come weekly, many came once.
    f"""
INSERT INTO loyalty_member (id, created_at, acquirer_id, programme_id, livemode,
  joined_merchant_id, joined_at, status, card_number, person_name, phone, email, points)
SELECT gen_random_uuid(), now(), m.acquirer_id, %(programme)s, %(livemode)s, m.id, now(), 'active',
  '9' || lpad(row_number() OVER ()::text, 17, '0'), '', '', '', 0
  FROM (SELECT *, row_number() OVER (ORDER BY id) AS place FROM merchants_merchant
         WHERE acquirer_id = %(acquirer)s) AS m
  CROSS JOIN LATERAL generate_series(1, (%(customers)s * CASE WHEN m.place = 1 THEN 0.5
    ELSE 0.5 / {MERCHANTS} END)::int) AS n""",  # noqa: S608 - words of ours
    """
INSERT INTO portal_customerday (id, created_at, acquirer_id, merchant_id, livemode, day, store_id,
  currency, member_id, visits, amount_minor, refunded_minor)
SELECT gen_random_uuid(), now(), acquirer_id, joined_merchant_id, %(livemode)s,
  current_date - 1 - (first - visit * gap), store.id, 'HKD', member.id, 1,
  2000 + abs(hashtext(member.card_number)) %% 9000, 0
  FROM (SELECT *, abs(hashtext('a' || card_number)) %% %(days)s AS first,
               3 + abs(hashtext('b' || card_number)) %% 40 AS gap,
               1 + abs(hashtext('c' || card_number)) %% 24 AS most
          FROM loyalty_member) AS member
  JOIN LATERAL (SELECT id FROM merchants_store WHERE merchant_id = joined_merchant_id
                 ORDER BY id LIMIT 1) AS store ON true
  CROSS JOIN LATERAL generate_series(0, least(most, first / gap)) AS visit""",
    """
INSERT INTO portal_analysis (id, created_at, acquirer_id, merchant_id, livemode, is_stale)
SELECT gen_random_uuid(), now(), acquirer_id, id, %(livemode)s, true FROM merchants_merchant""",
)


@dataclass(frozen=True)
class Measured:
    """One report of one place: the median of its times."""

    report: str
    place: str
    seconds: float
    rows: int


def fill(
    url: str, acquirer_id: Any, programme_id: Any, campaign_id: Any, *,
    payments: int, days: int, livemode: bool, say: Callable[[str], None],
) -> None:  # fmt: skip
    """Sums of so many payments for every merchant that is there, in the database of ``url``."""
    from django.db import connection

    from tenancy.scope import platform_scope

    given = {
        "acquirer": acquirer_id,
        "programme": programme_id,
        "campaign": campaign_id,
        "count": payments,
        "days": days,
        "livemode": livemode,
        "goods": 60,
        "customers": int(payments * _SHARE_KNOWN / 8),
    }
    tables = [statement.split("INSERT INTO ")[1].split()[0] for statement in STATEMENTS]
    with psycopg.connect(url, autocommit=True) as owner:
        for table in tables:
            _let_all_in(owner, table)
    with platform_scope(), connection.cursor() as cursor:
        for table, statement in zip(tables, STATEMENTS, strict=True):
            began = time.perf_counter()
            cursor.execute(statement, given)
            say(f"  {table}: {cursor.rowcount:,} rows in {time.perf_counter() - began:.0f} s")
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute("VACUUM ANALYZE")


def _let_all_in(owner: psycopg.Connection, table: str) -> None:
    """No trigger and no foreign key looks at the rows of ``table`` any more."""
    keys = owner.execute(
        "SELECT conname FROM pg_constraint WHERE contype = 'f' AND conrelid = %s::regclass", [table]
    ).fetchall()
    named = sql.Identifier(table)
    for (key,) in keys:
        owner.execute(
            sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(named, sql.Identifier(key))
        )
    owner.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(named))


def measure_insights(*, quick: bool, console: Console, say: Callable[[str], None]) -> int:
    """Fill, ask each report of the acquirer and of its biggest merchant; 1 if one is too slow."""
    with scratch_database(say) as url:
        found = list(_measured(url, QUICK_PAYMENTS if quick else PAYMENTS, say))
    _show(found, console)
    return 1 if any(each.seconds > SECONDS_LIMIT for each in found) else 0


def _measured(url: str, count: int, say: Callable[[str], None]) -> Iterator[Measured]:
    from kernel import clock
    from merchants.models import Merchant
    from portal.insights.ask import Ask
    from portal.insights.reports import REPORTS
    from portal.services.analyse import analyse_due
    from tenancy.scope import tenant_scope
    from tests.factories.coupons import make_campaign
    from tests.factories.loyalty import make_programme
    from tests.factories.merchants import MerchantFactory, StoreFactory
    from tests.people import make_person

    person = make_person()
    for _ in range(MERCHANTS - 1):
        MerchantFactory(acquirer=person.acquirer)
    with tenant_scope(person.acquirer.id):
        merchants = list(Merchant.objects.order_by("id"))
    for number in range(STORES - 1):
        StoreFactory(merchant=merchants[0 if number % 2 else number % MERCHANTS])
    say(f"making the sums of {count:,} payments")
    began = time.perf_counter()
    programme, campaign = make_programme(person), make_campaign(person)
    fill(
        url, person.acquirer.id, programme.id, campaign.id,
        payments=count, days=DAYS, livemode=False, say=say,
    )  # fmt: skip
    say(f"made in {time.perf_counter() - began:.0f} s; analysing the customers")
    began = time.perf_counter()
    while analyse_due():
        pass
    say(f"analysed in {time.perf_counter() - began:.0f} s")
    with psycopg.connect(url, autocommit=True) as server:
        server.execute("VACUUM ANALYZE")
    today = clock.now().date()
    for place, merchant_id in (("acquirer", None), ("merchant", merchants[0].id)):
        asked = Ask(
            person.acquirer.id, False, today - timedelta(days=DAYS), today + timedelta(days=1),
            merchant_id=merchant_id, currency="HKD",
        )  # fmt: skip
        for name, report in REPORTS.items():
            with tenant_scope(person.acquirer.id):
                times = []
                for _ in range(_CALLS):
                    began = time.perf_counter()
                    rows = report.read(asked)
                    times.append(time.perf_counter() - began)
            yield Measured(name, place, statistics.median(times), len(rows))


def _show(found: list[Measured], console: Console) -> None:
    table = Table("report", "of", "rows", "median", title="insights, a year of days")
    for each in found:
        table.add_row(each.report, each.place, str(each.rows), f"{each.seconds * 1000:.0f} ms")
    console.print(table)
