"""``GET /v1/payments/{id}/timeline``: what happened, when, and who did it."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.schema import PROBLEMS
from merchants.api.base import MerchantView
from merchants.state import Scope
from payments import selectors, timeline
from payments.api import objects
from payments.api.answers import read_id
from payments.presentation import show_moment


class PaymentTimeline(MerchantView):
    """``/v1/payments/{id}/timeline``."""

    scopes = {"GET": Scope.PAYMENTS_READ}

    @extend_schema(
        operation_id="get_payment_timeline",
        summary="Read a payment's story",
        responses={200: objects.TimelineObject, **PROBLEMS},
    )
    def get(self, request: Request, payment_id: str) -> Response:
        payment = selectors.get_payment(self.principal, read_id("pay", payment_id))
        return Response(
            {
                "object": "timeline",
                "payment": payment.public_id,
                "data": [show_moment(moment) for moment in timeline.tell(payment)],
            }
        )
