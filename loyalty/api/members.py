"""``/v1/members``: joining at the till, looking a member up, their points, and forgetting them."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.bodies import read, read_query
from api.once import once
from api.pages import PageQuery, page
from api.schema import IDEMPOTENCY_KEY, PROBLEMS, query_parameters
from loyalty import selectors
from loyalty.api import bodies, objects
from loyalty.models import Member, PointsEntry
from loyalty.presentation import show_entry, show_member
from loyalty.services.agree import agree
from loyalty.services.forget import forget_member
from loyalty.services.join import join
from merchants.api.base import MerchantView
from merchants.api.whole_merchant import read_id
from merchants.state import Scope


class MemberView(MerchantView):
    """Answers with one member, the same for a repeated request."""

    def show(self, member_id: UUID, *, status: int, is_replay: bool) -> Response:
        member = selectors.get_member(self.principal, member_id)
        headers = {"Idempotent-Replayed": "true"} if is_replay else {}
        return Response(show_member(member), status=status, headers=headers)

    def find(self, member_id: str) -> Member:
        return selectors.get_member(self.principal, read_id(Member.PREFIX, member_id))


class Members(MemberView):
    """``/v1/members``."""

    scopes = {"GET": Scope.MEMBERS_READ, "POST": Scope.MEMBERS_WRITE}

    @extend_schema(
        operation_id="create_member",
        summary="Let a customer join the merchant's programme",
        request=bodies.JoinMember,
        responses={200: objects.MemberObject, 201: objects.MemberObject, **PROBLEMS},
        parameters=[IDEMPOTENCY_KEY],
    )
    def post(self, request: Request) -> Response:
        body = read(bodies.JoinMember, request.data or {})
        done = once(self.idempotency_key, Member.PREFIX, lambda: self._join(body))
        status = 200 if done.is_replay else 201
        return self.show(done.object_id, status=status, is_replay=done.is_replay)

    def _join(self, body: bodies.JoinMember) -> UUID:
        member = join(
            selectors.get_programme(self.principal),
            body.to_application(),
            merchant_id=self.principal.merchant_id,
            livemode=self.principal.livemode,
            recorded_by=self.principal.actor,
        )
        return member.id

    @extend_schema(
        operation_id="list_members",
        summary="List members, or find one by the card",
        responses={200: objects.MemberPage, **PROBLEMS},
        parameters=query_parameters(bodies.MemberQuery),
    )
    def get(self, request: Request) -> Response:
        query = read_query(bodies.MemberQuery, request.query_params)
        rows = selectors.list_members(self.principal)
        if query.card_number is not None:
            rows = rows.filter(card_number=query.card_number)
        if query.status is not None:
            rows = rows.filter(status=query.status)
        return Response(page(rows, query, read_cursor=Member.public_id_to_uuid, show=show_member))


class OneMember(MemberView):
    """``/v1/members/{id}``."""

    scopes = {"GET": Scope.MEMBERS_READ}

    @extend_schema(
        operation_id="get_member",
        summary="Read a member",
        responses={200: objects.MemberObject, **PROBLEMS},
    )
    def get(self, request: Request, member_id: str) -> Response:
        return Response(show_member(self.find(member_id)))


class MemberConsents(MemberView):
    """``/v1/members/{id}/consents``."""

    scopes = {"POST": Scope.MEMBERS_WRITE}

    @extend_schema(
        operation_id="record_consent",
        summary="Record what a member agrees to, or takes back",
        request=bodies.RecordConsent,
        responses={200: objects.MemberObject, 201: objects.MemberObject, **PROBLEMS},
        parameters=[IDEMPOTENCY_KEY],
    )
    def post(self, request: Request, member_id: str) -> Response:
        agreement = read(bodies.RecordConsent, request.data).to_agreement()
        member = self.find(member_id)

        def work() -> UUID:
            agree(member, agreement, recorded_by=self.principal.actor)
            return member.id

        done = once(self.idempotency_key, Member.PREFIX, work)
        status = 200 if done.is_replay else 201
        return self.show(done.object_id, status=status, is_replay=done.is_replay)


class ForgetMember(MemberView):
    """``/v1/members/{id}/forget``."""

    scopes = {"POST": Scope.MEMBERS_WRITE}

    @extend_schema(
        operation_id="forget_member",
        summary="Forget a member: erase who it is, for good",
        request=bodies.ForgetMember,
        responses={200: objects.MemberObject, **PROBLEMS},
        parameters=[IDEMPOTENCY_KEY],
    )
    def post(self, request: Request, member_id: str) -> Response:
        read(bodies.ForgetMember, request.data or {})
        member = self.find(member_id)
        key = self.idempotency_key
        done = once(key, Member.PREFIX, lambda: forget_member(member).id)
        return self.show(done.object_id, status=200, is_replay=done.is_replay)


class MemberPoints(MemberView):
    """``/v1/members/{id}/points``."""

    scopes = {"GET": Scope.MEMBERS_READ}

    @extend_schema(
        operation_id="list_points",
        summary="List what came to a member's points and what went",
        responses={200: objects.PointsPage, **PROBLEMS},
        parameters=query_parameters(PageQuery),
    )
    def get(self, request: Request, member_id: str) -> Response:
        query = read_query(PageQuery, request.query_params)
        rows = selectors.list_points(self.find(member_id))
        read_cursor = PointsEntry.public_id_to_uuid
        return Response(page(rows, query, read_cursor=read_cursor, show=show_entry))
