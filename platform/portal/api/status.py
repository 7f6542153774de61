"""``GET /v1/status``: what a till should know now."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.schema import PROBLEMS
from merchants.api.base import MerchantView
from merchants.state import Scope
from payments.api.answers import LANGUAGE
from payments.api.headers import read_language
from portal.api import objects
from portal.selectors.status import read_concerns


class Status(MerchantView):
    """``/v1/status``."""

    scopes = {"GET": Scope.PAYMENTS_READ}

    @extend_schema(
        operation_id="get_status",
        summary="Read what goes on: incidents, and banners of your acquirer",
        responses={200: objects.StatusObject, **PROBLEMS},
        parameters=[LANGUAGE],
    )
    def get(self, request: Request) -> Response:
        concerns = read_concerns(self.principal)
        return Response(objects.show_status(concerns, language=read_language(request)))
