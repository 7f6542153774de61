"""Recommending: what to offer with a basket, ranked by the margin that it can be expected to bring.

One statement finds what fits, one writes down what was offered. A sale belongs to the control group
or not by a keyed digest of its reference: always the same answer, and nobody can choose it.
"""

from dataclasses import dataclass
from typing import Any, LiteralString
from uuid import UUID

from django.db import connection, transaction

from kernel import clock, ids
from kernel.errors import FieldError, Rejected
from loyalty.control_group import is_held_out
from loyalty.models.recommendation import FULL
from merchants.authentication import Principal

_CANDIDATES: LiteralString = """
SELECT s.id, COALESCE(t.is_active, true), COALESCE(t.control_basis_points, 1000),
       COALESCE(t.assumed_margin_basis_points, 3000), f.*
  FROM (SELECT %(merchant)s::uuid AS merchant_id) AS m
  LEFT JOIN loyalty_recommendationterms t ON t.merchant_id = m.merchant_id
  LEFT JOIN loyalty_ruleset s ON s.merchant_id = m.merchant_id
            AND s.livemode = %(livemode)s AND s.status = 'current'
  LEFT JOIN LATERAL (
       SELECT best.consequent, best.both_count, best.antecedent_count,
              COALESCE(p.name, best.name) AS name, COALESCE(p.category, '') AS category,
              COALESCE(p.price_minor, best.unit_amount_minor) AS price_minor,
              COALESCE(p.cost_minor, best.unit_cost_minor) AS cost_minor
         FROM (SELECT DISTINCT ON (r.consequent) r.*
                 FROM loyalty_rule r
                WHERE r.rule_set_id = s.id AND r.anchor = ANY(%(basket)s)
                  AND r.second = ANY(%(basket)s || ARRAY[''])
                  AND r.antecedent <@ %(basket)s::varchar[] AND r.consequent <> ALL(%(basket)s)
                ORDER BY r.consequent, r.both_count::numeric / r.antecedent_count DESC,
                         r.both_count DESC) AS best
         LEFT JOIN loyalty_product p
                ON p.merchant_id = m.merchant_id AND p.sku = best.consequent
        WHERE COALESCE(p.is_active, true)
          AND COALESCE(p.currency, best.currency) = %(currency)s) AS f ON true
"""
# The till waits for the answer and nobody for its row: the commit does not wait for the disk. What
# a crash of the database takes away is the record of an offer, and one sale fewer is compared.
_KEEP: LiteralString = """
WITH unhurried AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true)),
place AS (
    SELECT id FROM merchants_store WHERE id = %(store)s AND merchant_id = %(merchant)s),
kept AS (
    INSERT INTO loyalty_recommendation (id, created_at, acquirer_id, merchant_id, store_id,
           livemode, merchant_reference, currency, is_control, rule_set_id, asked_count)
    SELECT %(id)s, %(now)s, %(acquirer)s, %(merchant)s, place.id, %(livemode)s, %(reference)s,
           %(currency)s, %(is_control)s, %(rule_set)s, 1 FROM place
    ON CONFLICT (merchant_id, livemode, merchant_reference)
    DO UPDATE SET asked_count = loyalty_recommendation.asked_count + 1
    RETURNING id, created_at, is_control),
offered AS (
    INSERT INTO loyalty_offer (id, created_at, acquirer_id, merchant_id, livemode,
           recommendation_id, rank, sku, name, category, price_minor, unit_cost_minor,
           is_cost_assumed, both_count, antecedent_count)
    SELECT o.id, %(now)s, %(acquirer)s, %(merchant)s, %(livemode)s, kept.id, o.rank, o.sku,
           o.name, o.category, o.price, o.cost, o.assumed, o.both_count, o.antecedent_count
      FROM kept, unnest(%(ids)s::uuid[], %(ranks)s::int[], %(skus)s::text[], %(names)s::text[],
                        %(categories)s::text[], %(prices)s::bigint[], %(costs)s::bigint[],
                        %(assumed)s::boolean[], %(boths)s::int[], %(antecedents)s::int[])
           AS o(id, rank, sku, name, category, price, cost, assumed, both_count, antecedent_count)
    ON CONFLICT DO NOTHING)
SELECT id, created_at, is_control FROM kept CROSS JOIN unhurried
"""


@dataclass(frozen=True, slots=True)
class Question:
    """What a till asks: for one sale, known by the reference that its payment will have."""

    merchant_reference: str
    store_id: UUID
    currency: str
    basket: tuple[str, ...]
    limit: int = 3


@dataclass(frozen=True, slots=True)
class OfferedProduct:
    """Amounts are minor units. ``expected_margin_minor`` is rounded down."""

    sku: str
    name: str
    category: str
    price_minor: int
    cost_minor: int
    is_cost_assumed: bool
    both_count: int
    antecedent_count: int

    @property
    def expected_margin_minor(self) -> int:
        """Confidence times margin."""
        return (self.price_minor - self.cost_minor) * self.both_count // self.antecedent_count


@dataclass(frozen=True, slots=True)
class Answer:
    """What to offer; of the control group ``offers`` are what is not shown."""

    id: UUID
    created_at: Any
    question: Question
    is_control: bool
    offers: tuple[OfferedProduct, ...]


def recommend(principal: Principal, question: Question) -> Answer:
    """Rank what fits the basket, write it down, answer. Raises Rejected naming ``store``."""
    if principal.store_id not in (None, question.store_id):
        raise _no_store()
    rule_set_id, control_basis_points, offers = _find_offers(principal, question)
    is_control = is_held_out(
        principal.merchant_id, question.merchant_reference, control_basis_points
    )
    row = _keep(principal, question, rule_set_id, is_control, offers)
    if row is None:
        raise _no_store()
    return Answer(row[0], row[1], question, row[2], offers)


def _find_offers(
    principal: Principal, question: Question
) -> tuple[UUID | None, int, tuple[OfferedProduct, ...]]:
    params: dict[str, Any] = {
        "merchant": principal.merchant_id,
        "livemode": principal.livemode,
        "basket": list(question.basket),
        "currency": question.currency,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CANDIDATES, params)
        rows = cursor.fetchall()
    rule_set_id, is_active, control, assumed_margin = rows[0][:4]
    found = [_offer(row[4:], assumed_margin) for row in rows if row[4] is not None]
    worth = [offer for offer in found if is_active and offer.expected_margin_minor > 0]
    worth.sort(key=lambda offer: (-offer.expected_margin_minor, offer.sku))
    return rule_set_id, control, tuple(worth[: question.limit])


def _offer(row: tuple[Any, ...], assumed_margin_basis_points: int) -> OfferedProduct:
    sku, both, antecedent, name, category, price, cost = row
    is_assumed = cost is None
    if is_assumed:
        cost = price - price * assumed_margin_basis_points // FULL
    return OfferedProduct(sku, name, category, price, cost, is_assumed, both, antecedent)


def _keep(
    principal: Principal,
    question: Question,
    rule_set_id: UUID | None,
    is_control: bool,
    offers: tuple[OfferedProduct, ...],
) -> tuple[Any, ...] | None:
    params: dict[str, Any] = {
        "id": ids.new_uuid(),
        "now": clock.now(),
        "acquirer": principal.acquirer_id,
        "merchant": principal.merchant_id,
        "store": question.store_id,
        "livemode": principal.livemode,
        "reference": question.merchant_reference,
        "currency": question.currency,
        "is_control": is_control,
        "rule_set": rule_set_id,
        "ids": [ids.new_uuid() for _ in offers],
        "ranks": list(range(1, len(offers) + 1)),
        "skus": [offer.sku for offer in offers],
        "names": [offer.name for offer in offers],
        "categories": [offer.category for offer in offers],
        "prices": [offer.price_minor for offer in offers],
        "costs": [offer.cost_minor for offer in offers],
        "assumed": [offer.is_cost_assumed for offer in offers],
        "boths": [offer.both_count for offer in offers],
        "antecedents": [offer.antecedent_count for offer in offers],
    }
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        cursor.execute(_KEEP, params)
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row


def _no_store() -> Rejected:
    fault = FieldError("store", "unknown", "No such store for this key; see GET /v1/stores.")
    return Rejected("invalid_request", "Please correct: store.", errors=(fault,))
