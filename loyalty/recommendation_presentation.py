"""Recommendations and what they bring, as the API shows them."""

from datetime import datetime
from typing import Any

from kernel import ids
from kernel.clock import show_time
from loyalty import measures
from loyalty.models import Recommendation
from loyalty.recommendation_selectors import Outcome
from loyalty.services.recommend import Answer, OfferedProduct
from loyalty.uplift import LEVEL, Difference, Group, margin_uplift, rate_uplift


def show_answer(answer: Answer, *, livemode: bool) -> dict[str, Any]:
    """The recommendation object; the control group is shown no offer."""
    offers = () if answer.is_control else answer.offers
    return {
        "object": "recommendation",
        "id": ids.encode(Recommendation.PREFIX, answer.id),
        "livemode": livemode,
        "merchant_reference": answer.question.merchant_reference,
        "store": ids.encode("str", answer.question.store_id),
        "currency": answer.question.currency,
        "control": answer.is_control,
        "offers": [_show_offer(offer) for offer in offers],
        "created_at": show_time(answer.created_at),
    }


def _show_offer(offer: OfferedProduct) -> dict[str, Any]:
    confidence = measures.confidence(offer.both_count, offer.antecedent_count)
    return {
        "sku": offer.sku,
        "name": offer.name,
        "category": offer.category or None,
        "price": offer.price_minor,
        "confidence": measures.show(confidence),
        "expected_margin": offer.expected_margin_minor,
        "cost_assumed": offer.is_cost_assumed,
    }


def show_outcome(
    outcome: Outcome, *, livemode: bool, since: datetime, until: datetime
) -> dict[str, Any]:
    """The figure: both groups, and the difference with its interval."""
    return {
        "object": "recommendation_uplift",
        "livemode": livemode,
        "since": show_time(since),
        "until": show_time(until),
        "currency": outcome.currency,
        "asked": outcome.asked,
        "offered": _show_group(outcome.offered),
        "control": _show_group(outcome.control),
        "level": f"{LEVEL:.2f}",
        "attach_rate_uplift": _show(rate_uplift(outcome.offered, outcome.control), 4),
        "margin_per_sale_uplift": _show(margin_uplift(outcome.offered, outcome.control), 2),
    }


def _show_group(group: Group) -> dict[str, Any]:
    rate = f"{group.taken / group.sales:.4f}" if group.sales else None
    per_sale = f"{group.margin_minor / group.sales:.2f}" if group.sales else None
    return {
        "sales": group.sales,
        "taken": group.taken,
        "attach_rate": rate,
        "margin": group.margin_minor,
        "margin_per_sale": per_sale,
    }


def _show(difference: Difference | None, digits: int) -> dict[str, str] | None:
    if difference is None:
        return None
    return {
        "value": f"{difference.value:.{digits}f}",
        "low": f"{difference.low:.{digits}f}",
        "high": f"{difference.high:.{digits}f}",
    }
