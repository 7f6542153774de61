"""``/v1/payments/{id}/refunds`` and ``/v1/refunds``."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.bodies import read, read_query
from api.pages import narrow, page
from api.schema import IDEMPOTENCY_KEY, PROBLEMS, query_parameters
from merchants.api.base import MerchantView
from merchants.services.refund_pins import check_refund_pin
from merchants.state import Scope
from payments import selectors
from payments.api import bodies, objects, queries
from payments.api.answers import LANGUAGE, PREFER, REFUND_PIN, answer, read_id
from payments.api.headers import read_language, read_wait
from payments.models import Refund
from payments.presentation import show_refund
from payments.services.refund import create_refund
from payments.services.wait import await_end
from tenancy.prepared import prepared


class PaymentRefunds(MerchantView):
    """``/v1/payments/{id}/refunds``."""

    scopes = {"POST": (Scope.REFUNDS_WRITE, Scope.REFUNDS_WITH_PIN)}

    @extend_schema(
        operation_id="create_refund",
        summary="Refund part or all of a payment",
        request=bodies.CreateRefund,
        responses={
            200: objects.RefundObject,
            201: objects.RefundObject,
            202: objects.RefundObject,
            **PROBLEMS,
        },
        parameters=[PREFER, IDEMPOTENCY_KEY, LANGUAGE, REFUND_PIN],
    )
    @prepared()
    def post(self, request: Request, payment_id: str) -> Response:
        if Scope.REFUNDS_WRITE not in self.principal.scopes:
            check_refund_pin(self.principal.terminal_id, request.headers.get("Refund-Pin", ""))
        body = read(bodies.CreateRefund, request.data or {})
        order = body.to_order(idempotency_key=self.idempotency_key)
        payment = selectors.get_payment(self.principal, read_id("pay", payment_id))
        opening = create_refund(self.principal, payment.id, order)
        refund = await_end(opening.refund, read_wait(request), look_first=True)
        return answer(
            show_refund(refund, language=read_language(request)),
            has_ended=refund.has_ended,
            is_new=True,
            is_replay=opening.is_replay,
        )


class Refunds(MerchantView):
    """``/v1/refunds``."""

    scopes = {"GET": Scope.REFUNDS_READ}

    @extend_schema(
        operation_id="list_refunds",
        summary="List refunds",
        responses={200: objects.RefundPage, **PROBLEMS},
        parameters=query_parameters(queries.RefundQuery),
    )
    def get(self, request: Request) -> Response:
        query = read_query(queries.RefundQuery, request.query_params)
        rows = narrow(
            selectors.list_refunds(self.principal),
            payment_id=query.payment,
            merchant_refund_reference=query.merchant_refund_reference,
            status=query.status,
        )
        language = read_language(request)
        return Response(
            page(
                rows,
                query,
                read_cursor=Refund.public_id_to_uuid,
                show=lambda row: show_refund(row, language=language),
            )
        )


class OneRefund(MerchantView):
    """``/v1/refunds/{id}``."""

    scopes = {"GET": Scope.REFUNDS_READ}

    @extend_schema(
        operation_id="get_refund",
        summary="Read a refund",
        responses={200: objects.RefundObject, **PROBLEMS},
        parameters=[LANGUAGE],
    )
    def get(self, request: Request, refund_id: str) -> Response:
        refund = selectors.get_refund(self.principal, read_id("rfd", refund_id))
        return Response(show_refund(refund, language=read_language(request)))
