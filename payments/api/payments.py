"""``/v1/payments``: they parse, call a service, wait if asked to, and show."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.bodies import read, read_query
from api.pages import page
from api.schema import IDEMPOTENCY_KEY, PROBLEMS, query_parameters
from merchants.api.base import MerchantView
from merchants.state import Scope
from payments import selectors
from payments.api import bodies, objects, queries
from payments.api.answers import LANGUAGE, PREFER, answer, read_id
from payments.api.headers import read_language, read_wait
from payments.models import Payment
from payments.presentation import show_payment
from payments.services.cancel import cancel_payment
from payments.services.create import create_payment
from payments.services.wait import await_answer, await_end
from tenancy.prepared import prepared


class Payments(MerchantView):
    """``/v1/payments``."""

    scopes = {"POST": Scope.PAYMENTS_WRITE, "GET": Scope.PAYMENTS_READ}

    @extend_schema(
        operation_id="create_payment",
        summary="Charge a scanned payment code, or show one to be scanned",
        request=bodies.CreatePayment,
        responses={
            200: objects.PaymentObject,
            201: objects.PaymentObject,
            202: objects.PaymentObject,
            **PROBLEMS,
        },
        parameters=[PREFER, IDEMPOTENCY_KEY, LANGUAGE],
    )
    @prepared()
    def post(self, request: Request) -> Response:
        body = read(bodies.CreatePayment, request.data)
        order = body.to_order(idempotency_key=self.idempotency_key)
        wait_seconds = read_wait(request)
        opening = create_payment(self.principal, order)
        payment = await_answer(opening.payment, wait_seconds, look_first=opening.is_replay)
        return answer(
            show_payment(payment, language=read_language(request)),
            has_ended=payment.has_ended,
            is_new=True,
            is_replay=opening.is_replay,
        )

    @extend_schema(
        operation_id="list_payments",
        summary="List payments",
        responses={200: objects.PaymentPage, **PROBLEMS},
        parameters=query_parameters(queries.PaymentQuery),
    )
    def get(self, request: Request) -> Response:
        query = read_query(queries.PaymentQuery, request.query_params)
        rows = selectors.filter_payments(
            selectors.list_payments(self.principal),
            status=query.status,
            merchant_reference=query.merchant_reference,
            store_id=query.store,
            terminal_id=query.terminal,
            created_at__gte=query.created_gte,
            created_at__lt=query.created_lt,
        )
        language = read_language(request)
        return Response(
            page(
                rows,
                query,
                read_cursor=Payment.public_id_to_uuid,
                show=lambda row: show_payment(row, language=language),
            )
        )


class OnePayment(MerchantView):
    """``/v1/payments/{id}``."""

    scopes = {"GET": Scope.PAYMENTS_READ}

    @extend_schema(
        operation_id="get_payment",
        summary="Read a payment",
        responses={200: objects.PaymentObject, **PROBLEMS},
        parameters=[LANGUAGE],
    )
    def get(self, request: Request, payment_id: str) -> Response:
        payment = selectors.get_payment(self.principal, read_id("pay", payment_id))
        return Response(show_payment(payment, language=read_language(request)))


class PaymentCancel(MerchantView):
    """``/v1/payments/{id}/cancel``."""

    scopes = {"POST": Scope.PAYMENTS_WRITE}

    @extend_schema(
        operation_id="cancel_payment",
        summary="Cancel a payment in doubt, or take back a paid one",
        request=bodies.CancelPayment,
        responses={200: objects.PaymentObject, 202: objects.PaymentObject, **PROBLEMS},
        parameters=[PREFER, IDEMPOTENCY_KEY, LANGUAGE],
    )
    @prepared()
    def post(self, request: Request, payment_id: str) -> Response:
        read(bodies.CancelPayment, request.data or {})
        payment = selectors.get_payment(self.principal, read_id("pay", payment_id))
        is_replay = cancel_payment(self.principal, payment, self.idempotency_key)
        payment = await_end(payment, read_wait(request), look_first=True)
        return answer(
            show_payment(payment, language=read_language(request)),
            has_ended=payment.has_ended,
            is_new=False,
            is_replay=is_replay,
        )
