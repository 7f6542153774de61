"""Learning a merchant's rules: who is due, the baskets, the finding, and the swap.

The tables say what is owed (law 7): a set that waits or was dropped half-way is due again, and
tills go on with the set before it until the new one stands whole.
"""

import json
import subprocess
import sys
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from django.db import connection, transaction

from kernel import clock
from loyalty.basket_state import RuleSetStatus
from loyalty.mining import CPU_LIMIT, FoundRule
from loyalty.models import Rule, RuleSet
from loyalty.services.copy_baskets import fill_gaps
from merchants.models import Merchant
from tenancy.due_work import LimitedWork
from tenancy.postgres import release_connection
from tenancy.scope import platform_scope, tenant_scope

log = structlog.get_logger(__name__)

WINDOW = timedelta(days=365)  # of baskets, up to the newest
BASKETS_LIMIT = 200_000  # the newest
PRODUCTS_LIMIT = 500  # the most frequent
FEWEST_BASKETS = 5
ONE_OF = 2000  # and at least one basket of so many
MINIMUM_CONFIDENCE_BASIS_POINTS = 200
PATIENCE_SECONDS = CPU_LIMIT * 2
KEPT = timedelta(days=30)  # sets that were replaced, without their rules
_AFTER_MIDNIGHT = "3 hours"  # of the acquirer's time zone
_BATCH = 2000

_DUE_TONIGHT = """
INSERT INTO loyalty_ruleset (id, created_at, acquirer_id, merchant_id, livemode, status, due_at,
       tries, basket_count, product_count, minimum_count, rule_count, failure)
SELECT gen_random_uuid(), %(now)s, m.acquirer_id, m.id, mode.live, 'waiting', %(now)s,
       0, 0, 0, 0, 0, ''
  FROM merchants_merchant m
  JOIN tenancy_acquirer a ON a.id = m.acquirer_id
 CROSS JOIN (VALUES (true), (false)) AS mode(live)
 CROSS JOIN LATERAL (
       SELECT (date_trunc('day', %(now)s AT TIME ZONE a.time_zone - %(after)s::interval)
               + %(after)s::interval) AT TIME ZONE a.time_zone AS began) AS night
 WHERE EXISTS (SELECT FROM loyalty_basket b
                WHERE b.merchant_id = m.id AND b.livemode = mode.live
                  AND b.bought_at > %(since)s)
   AND NOT EXISTS (SELECT FROM loyalty_ruleset s
                    WHERE s.merchant_id = m.id AND s.livemode = mode.live
                      AND s.created_at >= night.began)
ON CONFLICT DO NOTHING
"""
_FORGET = """
DELETE FROM loyalty_ruleset s WHERE s.status IN ('superseded', 'failed') AND s.created_at < %s
   AND NOT EXISTS (SELECT FROM loyalty_rule r WHERE r.rule_set_id = s.id)
"""
_NEWEST_BASKET = """
SELECT max(bought_at) FROM loyalty_basket
 WHERE merchant_id = %(merchant)s AND livemode = %(livemode)s AND bought_at <= %(now)s
"""
_RECENT = """
SELECT b.id FROM loyalty_basket b
 WHERE b.merchant_id = %(merchant)s AND b.livemode = %(livemode)s AND b.bought_at > %(since)s
   AND (b.refunded_minor = 0 OR b.refunded_minor < b.amount_minor)
 ORDER BY b.bought_at DESC LIMIT %(baskets)s
"""
_BOUGHT = f"""
WITH recent AS ({_RECENT})
SELECT DISTINCT l.basket_id, l.sku FROM recent
  JOIN loyalty_basketline l ON l.basket_id = recent.id WHERE l.sku <> ''
"""  # noqa: S608 - words of ours
_COUNT = f"SELECT count(DISTINCT basket_id) FROM ({_BOUGHT}) AS bought"  # noqa: S608
_BASKETS = f"""
WITH bought AS MATERIALIZED ({_BOUGHT}),
     frequent AS (SELECT sku FROM bought GROUP BY sku HAVING count(*) >= %(fewest)s
                   ORDER BY count(*) DESC, sku LIMIT %(products)s)
SELECT array_agg(sku ORDER BY sku) FROM bought JOIN frequent USING (sku) GROUP BY basket_id
"""  # noqa: S608 - words of ours
_NEWEST = """
SELECT wanted.sku, l.name, b.currency, l.unit_amount_minor, l.unit_cost_minor
  FROM unnest(%(skus)s::text[]) AS wanted(sku)
 CROSS JOIN LATERAL (
       SELECT * FROM loyalty_basketline
        WHERE merchant_id = %(merchant)s AND livemode = %(livemode)s AND sku = wanted.sku
        ORDER BY bought_at DESC LIMIT 1) AS l
  JOIN loyalty_basket b ON b.id = l.basket_id
"""
RULE_SETS = LimitedWork(
    model=RuleSet,
    task="loyalty.learn_rules",
    every_seconds=60,
    lease=timedelta(minutes=15),
    at_once=4,
    tries_limit=3,
)


class MiningFailed(RuntimeError):
    """The finding ended without an answer: its time or its memory was used up."""


def sweep_rule_sets() -> int:
    """Let each merchant with baskets have a new set tonight, and hand out what is due."""
    now = clock.now()
    with platform_scope(), connection.cursor() as cursor:
        told: dict[str, Any] = {"now": now, "after": _AFTER_MIDNIGHT, "since": now - WINDOW}
        cursor.execute(_DUE_TONIGHT, told)
        cursor.execute(_FORGET, [now - KEPT])
    return RULE_SETS.hand_out_due()


def ask_rules(merchant: Merchant, *, livemode: bool) -> RuleSet:
    """A set in the making now, whatever was learnt tonight; the one that is, if there is one."""
    wanted = {"merchant": merchant, "livemode": livemode}
    making = RuleSet.objects.filter(
        **wanted, status__in=(RuleSetStatus.WAITING, RuleSetStatus.COMPUTING)
    )
    with transaction.atomic():
        found = making.first()
        return found or RuleSet.objects.create(
            acquirer_id=merchant.acquirer_id,
            status=RuleSetStatus.WAITING,
            due_at=clock.now(),
            **wanted,
        )


def learn_rules(rule_set_id: UUID, *, acquirer_id: UUID) -> None:
    """Compute a set that is due; nothing if it is not, or if somebody is at it."""
    with tenant_scope(acquirer_id):
        row = RULE_SETS.take(rule_set_id, status=RuleSetStatus.COMPUTING)
        if row is None:
            return
        if RULE_SETS.is_one_too_many(row):
            _fail(row, "It was begun three times and never ended.")
            return
        fill_gaps(row.merchant_id, livemode=row.livemode)
        rules: list[FoundRule] = []
        try:
            rules = _find(row)
        except MiningFailed as failure:
            _fail(row, str(failure))
            return
        _swap(row, rules)


def _find(row: RuleSet) -> list[FoundRule]:
    """The rules of the merchant's baskets; counts are noted on ``row``. Raises MiningFailed."""
    now = clock.now()
    params: dict[str, Any] = {
        "merchant": row.merchant_id,
        "livemode": row.livemode,
        "now": now,
        "baskets": BASKETS_LIMIT,
        "products": PRODUCTS_LIMIT,
    }
    with connection.cursor() as cursor:
        # The year ends with the newest basket: a data set of 2011 has its rules too.
        cursor.execute(_NEWEST_BASKET, params)
        [(newest,)] = cursor.fetchall()
        params["since"] = (newest or now) - WINDOW
        cursor.execute(_COUNT, params)
        [(row.basket_count,)] = cursor.fetchall()
        row.minimum_count = max(FEWEST_BASKETS, -(-row.basket_count // ONE_OF))
        cursor.execute(_BASKETS, params | {"fewest": row.minimum_count})
        baskets = [basket for (basket,) in cursor.fetchall()]
    row.product_count = len({sku for basket in baskets for sku in basket})
    release_connection()
    return _mine(
        {
            "baskets": baskets,
            "basket_count": row.basket_count,
            "minimum_count": row.minimum_count,
            "minimum_confidence_basis_points": MINIMUM_CONFIDENCE_BASIS_POINTS,
        }
    )


def _mine(asked: dict[str, Any]) -> list[FoundRule]:
    try:
        done = subprocess.run(
            (sys.executable, "-m", "loyalty.mining"),
            input=json.dumps(asked),
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise MiningFailed(f"It took longer than {PATIENCE_SECONDS} s.") from None
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [f"exit status {done.returncode}"])[-1]
        raise MiningFailed(last[:200])
    return [FoundRule(tuple(first), *rest) for first, *rest in json.loads(done.stdout)]


def _fail(row: RuleSet, why: str) -> None:
    """What failed is tried again after its lease, three times; the set before it stays."""
    log.error("rules_not_learnt", rule_set=row.public_id, reason=why)
    with transaction.atomic():
        held = RULE_SETS.hold(row)
        if held is None:
            return
        held.failure = why
        if RULE_SETS.is_last_try(held):
            held.status, held.finished_at = RuleSetStatus.FAILED, clock.now()
            held.rest()
        held.save()


def _swap(row: RuleSet, rules: list[FoundRule]) -> None:
    """Write the rules and let the set take the place of the one before it, or nothing."""
    facts = _newest_lines(row, sorted({rule.consequent for rule in rules}))
    with transaction.atomic():
        if RULE_SETS.hold(row) is None:
            return
        made = [_rule(row, rule, facts[rule.consequent]) for rule in rules]
        Rule.objects.bulk_create(made, batch_size=_BATCH)
        mine = RuleSet.objects.filter(merchant_id=row.merchant_id, livemode=row.livemode)
        for old in mine.filter(status=RuleSetStatus.CURRENT):
            Rule.objects.filter(rule_set=old).delete()
            old.status = RuleSetStatus.SUPERSEDED
            old.save(update_fields=["status"])
        row.status, row.finished_at, row.failure = RuleSetStatus.CURRENT, clock.now(), ""
        row.rule_count = len(made)
        row.rest()
        row.save()


def _newest_lines(row: RuleSet, skus: list[str]) -> dict[str, tuple[Any, ...]]:
    params: dict[str, Any] = {
        "skus": skus,
        "merchant": row.merchant_id,
        "livemode": row.livemode,
    }
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST, params)
        return {sku: facts for sku, *facts in cursor.fetchall()}


def _rule(row: RuleSet, found: FoundRule, facts: tuple[Any, ...]) -> Rule:
    name, currency, unit_amount_minor, unit_cost_minor = facts
    return Rule(
        acquirer_id=row.acquirer_id,
        merchant_id=row.merchant_id,
        livemode=row.livemode,
        rule_set=row,
        anchor=found.antecedent[0],
        antecedent=list(found.antecedent),
        consequent=found.consequent,
        both_count=found.both_count,
        antecedent_count=found.antecedent_count,
        consequent_count=found.consequent_count,
        name=name,
        currency=currency,
        unit_amount_minor=unit_amount_minor,
        unit_cost_minor=unit_cost_minor,
    )
