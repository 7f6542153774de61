"""``/v1/merchants/{id}/steps`` and ``…/registrations``: how far a merchant is, and moving it on."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.bodies import read, read_query
from api.pages import PageQuery, page
from api.schema import IDEMPOTENCY_KEY, PROBLEMS, query_parameters
from kernel.errors import Forbidden
from merchants.acquirer_authentication import AcquirerPrincipal
from merchants.api.acquirer import bodies
from merchants.api.acquirer.base import AcquirerView
from merchants.models import Merchant, MerchantStep, Registration
from merchants.onboarding import APPROVAL, RULES, Step
from merchants.services.move_merchant import move_merchant
from merchants.services.register import send_again
from merchants.state import AcquirerScope


class MerchantSteps(AcquirerView):
    """``/v1/merchants/{id}/steps``."""

    scopes = {"GET": AcquirerScope.MERCHANTS_READ, "POST": AcquirerScope.MERCHANTS_WRITE}

    @extend_schema(
        operation_id="list_merchant_steps",
        summary="List a merchant's steps",
        responses={200: bodies.MerchantStepPage, **PROBLEMS},
        parameters=query_parameters(PageQuery),
    )
    def get(self, request: Request, merchant_id: str) -> Response:
        rows = MerchantStep.objects.filter(merchant=self.merchant(merchant_id))
        query = read_query(PageQuery, request.query_params)
        read_cursor = MerchantStep.public_id_to_uuid
        return Response(page(rows, query, read_cursor=read_cursor, show=bodies.show_step))

    @extend_schema(
        operation_id="make_merchant_step",
        summary="Submit, approve, suspend or close a merchant",
        request=bodies.MakeStep,
        responses={201: bodies.MerchantObject, 200: bodies.MerchantObject, **PROBLEMS},
        parameters=[IDEMPOTENCY_KEY],
    )
    def post(self, request: Request, merchant_id: str) -> Response:
        content = read(bodies.MakeStep, request.data)
        step, merchant = Step(content.step), self.merchant(merchant_id)
        _check_scope(self.principal, step)

        def move() -> Merchant:
            actor = self.principal.actor
            return move_merchant(merchant.id, step, actor=actor, reason=content.reason)

        return self.once(Merchant, move, bodies.show_merchant)


def _check_scope(principal: AcquirerPrincipal, step: Step) -> None:
    needed = AcquirerScope.MERCHANTS_APPROVE
    if RULES[step].permission == APPROVAL and needed not in principal.scopes:
        raise Forbidden("missing_scope", f"This step needs the scope {needed}.")


class MerchantRegistrations(AcquirerView):
    """``/v1/merchants/{id}/registrations``."""

    scopes = {"GET": AcquirerScope.MERCHANTS_READ}

    @extend_schema(
        operation_id="list_merchant_registrations",
        summary="List where a merchant's stores stand at Alipay",
        responses={200: bodies.RegistrationPage, **PROBLEMS},
        parameters=query_parameters(PageQuery),
    )
    def get(self, request: Request, merchant_id: str) -> Response:
        rows = Registration.objects.filter(merchant=self.merchant(merchant_id))
        query = read_query(PageQuery, request.query_params)
        read_cursor = Registration.public_id_to_uuid
        return Response(
            page(
                rows.select_related("partner_account"), query,
                read_cursor=read_cursor, show=bodies.show_registration,
            )
        )  # fmt: skip


class SendRegistration(AcquirerView):
    """``/v1/merchants/{id}/registrations/{id}/send``."""

    scopes = {"POST": AcquirerScope.MERCHANTS_WRITE}

    @extend_schema(
        operation_id="send_merchant_registration",
        summary="Announce a store to Alipay once more",
        request=bodies.Nothing,
        responses={201: bodies.RegistrationObject, 200: bodies.RegistrationObject, **PROBLEMS},
        parameters=[IDEMPOTENCY_KEY],
    )
    def post(self, request: Request, merchant_id: str, registration_id: str) -> Response:
        read(bodies.Nothing, request.data)
        merchant = self.merchant(merchant_id)
        row = self.find(Registration, registration_id, merchant=merchant)
        return self.once(Registration, lambda: send_again(row.id), bodies.show_registration)
