"""The member's card as a picture, and the link by which customers join by themselves."""

from datetime import timedelta

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.bodies import read_query
from api.schema import PROBLEMS, query_parameters
from kernel import clock
from kernel.clock import show_time
from kernel.errors import Conflict, NotFound
from loyalty import selectors
from loyalty.api import bodies, objects
from loyalty.api.members import MemberView
from loyalty.cards import PICTURES, qr_svg
from loyalty.join_links import JoinLink, address_of
from loyalty.presentation import show_programme
from merchants.api.base import MerchantView
from merchants.state import Scope


class MemberCard(MemberView):
    """``/v1/members/{id}/card/{picture}``."""

    scopes = {"GET": Scope.MEMBERS_READ}

    @extend_schema(
        operation_id="get_member_card",
        summary="The member's card: qr.svg, qr.png or barcode.svg",
        responses={200: OpenApiTypes.BINARY, **PROBLEMS},
    )
    def get(self, request: Request, member_id: str, picture: str) -> HttpResponse:
        member = self.find(member_id)
        if picture not in PICTURES:
            raise NotFound("not_found", f"No such picture; there are {', '.join(PICTURES)}.")
        if member.card_number is None:
            raise Conflict("member_forgotten", "This member was forgotten and is nobody any more.")
        draw, kind = PICTURES[picture]
        return HttpResponse(draw(member.card_number), content_type=kind)


class OneProgramme(MerchantView):
    """``/v1/programme``."""

    scopes = {"GET": Scope.MEMBERS_READ}

    @extend_schema(
        operation_id="get_programme",
        summary="Read the programme that the merchant takes part in: its rules and tiers",
        responses={200: objects.ProgrammeObject, **PROBLEMS},
    )
    def get(self, request: Request) -> Response:
        return Response(show_programme(selectors.get_programme(self.principal)))


class OneJoinLink(MerchantView):
    """``/v1/join_link``: a GET, since nothing is kept, and the next one is as good."""

    scopes = {"GET": Scope.MEMBERS_WRITE}

    @extend_schema(
        operation_id="get_join_link",
        summary="A link, and its QR code, by which customers join by themselves",
        parameters=query_parameters(bodies.JoinLinkQuery),
        responses={200: objects.JoinLinkObject, **PROBLEMS},
    )
    def get(self, request: Request) -> Response:
        query = read_query(bodies.JoinLinkQuery, request.query_params)
        selectors.get_programme(self.principal)
        ends_at = clock.now() + timedelta(days=query.days)
        link = JoinLink(
            self.principal.acquirer_id, self.principal.merchant_id, self.principal.livemode, ends_at
        )
        url = address_of(link)
        return Response(
            {
                "object": "join_link",
                "url": url,
                "livemode": link.livemode,
                "ends_at": show_time(ends_at),
                "qr_svg": qr_svg(url).decode(),
            }
        )
