"""The endpoints: they parse, call a service, wait if asked to, and show."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.bodies import read, read_query
from api.pages import page
from api.schema import IDEMPOTENCY_KEY, PROBLEMS, query_parameters
from kernel import ids
from kernel.errors import NotFound
from merchants.api.base import MerchantView
from merchants.state import Scope
from payments import selectors
from payments.api import bodies
from payments.api.headers import read_language, read_wait
from payments.models import Payment, Refund
from payments.presentation import show_payment, show_refund
from payments.services.cancel import cancel_payment
from payments.services.create import create_payment
from payments.services.refund import create_refund
from payments.services.wait import await_answer, await_end

RETRY_AFTER_SECONDS = "3"
_PREFER = OpenApiParameter(
    "Prefer", str, "header", description="`wait=N`: wait up to N seconds (0-60, 10) for the end."
)
_LANGUAGE = OpenApiParameter(
    "Accept-Language", str, "header", description="Of `cashier_message`: en, zh-Hans, zh-Hant."
)


def read_id(prefix: str, text: str) -> UUID:
    """The id in an address; an id that is none is no address of ours."""
    try:
        return ids.decode(prefix, text)
    except ids.InvalidId:
        raise NotFound("not_found", f"No such {prefix}_… id.") from None


def _answer(shown: dict[str, Any], *, has_ended: bool, is_new: bool, is_replay: bool) -> Response:
    """201 made and ended, 202 not ended yet, 200 was there before (design §4)."""
    headers = {"Idempotent-Replayed": "true"} if is_replay else {}
    if not has_ended:
        headers |= {
            "Location": f"/v1/{shown['object']}s/{shown['id']}",
            "Retry-After": RETRY_AFTER_SECONDS,
        }
    status = 202 if not has_ended else 201 if is_new else 200
    if is_replay:
        status = 200
    return Response(shown, status=status, headers=headers)


class Payments(MerchantView):
    """``/v1/payments``."""

    scopes = {"POST": Scope.PAYMENTS_WRITE, "GET": Scope.PAYMENTS_READ}

    @extend_schema(
        operation_id="create_payment",
        summary="Charge a scanned payment code, or show one to be scanned",
        request=bodies.CreatePayment,
        responses={
            200: bodies.PaymentObject,
            201: bodies.PaymentObject,
            202: bodies.PaymentObject,
            **PROBLEMS,
        },
        parameters=[_PREFER, IDEMPOTENCY_KEY, _LANGUAGE],
    )
    def post(self, request: Request) -> Response:
        body = read(bodies.CreatePayment, request.data)
        order = body.to_order(idempotency_key=self.idempotency_key)
        wait_seconds = read_wait(request)
        opening = create_payment(self.principal, order)
        payment = await_answer(opening.payment, wait_seconds, look_first=opening.is_replay)
        return _answer(
            show_payment(payment, language=read_language(request)),
            has_ended=payment.has_ended,
            is_new=True,
            is_replay=opening.is_replay,
        )

    @extend_schema(
        operation_id="list_payments",
        summary="List payments",
        responses={200: bodies.PaymentPage, **PROBLEMS},
        parameters=query_parameters(bodies.PaymentQuery),
    )
    def get(self, request: Request) -> Response:
        query = read_query(bodies.PaymentQuery, request.query_params)
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
        responses={200: bodies.PaymentObject, **PROBLEMS},
        parameters=[_LANGUAGE],
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
        responses={200: bodies.PaymentObject, 202: bodies.PaymentObject, **PROBLEMS},
        parameters=[_PREFER, IDEMPOTENCY_KEY, _LANGUAGE],
    )
    def post(self, request: Request, payment_id: str) -> Response:
        read(bodies.CancelPayment, request.data or {})
        payment = selectors.get_payment(self.principal, read_id("pay", payment_id))
        is_replay = cancel_payment(self.principal, payment, self.idempotency_key)
        payment = await_end(payment, read_wait(request), look_first=True)
        return _answer(
            show_payment(payment, language=read_language(request)),
            has_ended=payment.has_ended,
            is_new=False,
            is_replay=is_replay,
        )


class PaymentRefunds(MerchantView):
    """``/v1/payments/{id}/refunds``."""

    scopes = {"POST": Scope.REFUNDS_WRITE}

    @extend_schema(
        operation_id="create_refund",
        summary="Refund part or all of a payment",
        request=bodies.CreateRefund,
        responses={
            200: bodies.RefundObject,
            201: bodies.RefundObject,
            202: bodies.RefundObject,
            **PROBLEMS,
        },
        parameters=[_PREFER, IDEMPOTENCY_KEY, _LANGUAGE],
    )
    def post(self, request: Request, payment_id: str) -> Response:
        body = read(bodies.CreateRefund, request.data or {})
        order = body.to_order(idempotency_key=self.idempotency_key)
        payment = selectors.get_payment(self.principal, read_id("pay", payment_id))
        opening = create_refund(self.principal, payment.id, order)
        refund = await_end(opening.refund, read_wait(request), look_first=True)
        return _answer(
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
        responses={200: bodies.RefundPage, **PROBLEMS},
        parameters=query_parameters(bodies.RefundQuery),
    )
    def get(self, request: Request) -> Response:
        query = read_query(bodies.RefundQuery, request.query_params)
        rows = selectors.list_refunds(self.principal)
        equal = {
            "payment_id": query.payment,
            "merchant_refund_reference": query.merchant_refund_reference,
            "status": query.status,
        }
        rows = rows.filter(**{name: value for name, value in equal.items() if value is not None})
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
        responses={200: bodies.RefundObject, **PROBLEMS},
        parameters=[_LANGUAGE],
    )
    def get(self, request: Request, refund_id: str) -> Response:
        refund = selectors.get_refund(self.principal, read_id("rfd", refund_id))
        return Response(show_refund(refund, language=read_language(request)))
