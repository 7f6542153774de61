"""``/v1/fee_plan``: what a merchant is charged now, and what is known to come."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.bodies import Query, read_query
from api.schema import PROBLEMS, query_parameters
from kernel import clock, ids
from kernel.errors import FieldError, Rejected
from merchants.api.either import EitherView, MerchantId
from merchants.models import Merchant
from merchants.state import Scope
from settlement import selectors
from settlement.api import objects
from settlement.fees.prices import Price
from settlement.models import FeeVersion
from tenancy.scope import tenant_scope

COMING_LIMIT = 20  # versions and assignments that have not started


class FeePlanQuery(Query):
    """An acquirer's key names the merchant; a merchant's key is one."""

    merchant: MerchantId | None = None


def show_fees(merchant_id: UUID) -> dict[str, Any]:
    """The plan in force and what comes, of one merchant; both may be none.

    Plans are the acquirer's, and no merchant's key reads them: needs the acquirer's scope.
    """
    now = clock.now()
    assigned = selectors.assignment_at(merchant_id, now)
    plan = assigned.plan if assigned is not None else None
    version = plan and selectors.version_at(plan, now)
    return {
        "object": "fee_plan",
        "merchant": ids.encode(Merchant.PREFIX, merchant_id),
        "current": version and _show(version),
        "coming": [_show(each) for each in selectors.list_coming_versions(plan, now, COMING_LIMIT)],
        "next_plans": [
            {"starts_on": each.starts_on.isoformat(), "plan": each.plan and each.plan.name}
            for each in selectors.list_coming_assignments(merchant_id, now, COMING_LIMIT)
        ],
    }


def _show(version: FeeVersion) -> dict[str, Any]:
    return {
        "fee_version": version.public_id,
        "plan": version.plan.name,
        "number": version.number,
        "starts_on": version.starts_on.isoformat(),
        "time_zone": version.zone,
        "tiers": version.tiers,
        "rounding": version.rounding,
        "on_refund": version.on_refund,
        "on_cancel": version.on_cancel,
        "prices": [_show_price(price) for price in version.price_list],
    }


def _show_price(price: Price) -> dict[str, Any]:
    return {
        "text": str(price),
        "scheme": price.scheme or None,
        "currency": price.currency,
        "basis_points": format(price.basis_points.normalize(), "f"),
        "fixed": price.fixed,
        "minimum": price.minimum,
        "maximum": price.maximum,
        "above": price.above,
        "first_day": price.first_day and price.first_day.isoformat(),
        "last_day": price.last_day and price.last_day.isoformat(),
        "first_days": price.first_days,
    }


class FeePlans(EitherView):
    """``/v1/fee_plan``."""

    scopes = {"GET": Scope.SETTLEMENTS_READ}

    @extend_schema(
        operation_id="get_fee_plan",
        summary="Read what a merchant is charged",
        responses={200: objects.FeePlanObject, **PROBLEMS},
        parameters=query_parameters(FeePlanQuery),
    )
    def get(self, request: Request) -> Response:
        query = read_query(FeePlanQuery, request.query_params)
        merchant_id, _mode = self.whose(query.merchant, None)
        if merchant_id is None:
            fault = FieldError("merchant", "required", "An acquirer's key names the merchant.")
            raise Rejected("invalid_request", "Please correct: merchant.", errors=(fault,))
        with tenant_scope(self.caller.acquirer_id):  # whose plan it may be is decided above
            return Response(show_fees(merchant_id))
