"""``/v1/coupons`` and ``/v1/campaigns``: look up, try on a basket, issue to a member."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.bodies import read, read_query
from api.once import once
from api.pages import page
from api.schema import IDEMPOTENCY_KEY, PROBLEMS, query_parameters
from kernel import clock
from kernel.errors import FieldError, Rejected
from loyalty import coupon_selectors as selectors
from loyalty.api import coupon_bodies, coupon_objects
from loyalty.coupon_presentation import show_campaign, show_coupon, show_preview
from loyalty.models import Campaign, Coupon, Member
from loyalty.selectors import get_member
from loyalty.services.burn import most_spendable, price_points
from loyalty.services.issue import issue_to_member
from loyalty.services.judge_coupon import Sale, read_lines
from loyalty.services.redeem import find_coupons, price_coupons
from merchants.api.base import MerchantView
from merchants.api.whole_merchant import read_id
from merchants.models import Store
from merchants.state import Scope
from payments.members import get_member_id


class Coupons(MerchantView):
    """``/v1/coupons``."""

    scopes = {"GET": Scope.COUPONS_READ, "POST": Scope.COUPONS_WRITE}

    @extend_schema(
        operation_id="list_coupons",
        summary="List coupons, or find one by its code",
        responses={200: coupon_objects.CouponPage, **PROBLEMS},
        parameters=query_parameters(coupon_bodies.CouponQuery),
    )
    def get(self, request: Request) -> Response:
        query = read_query(coupon_bodies.CouponQuery, request.query_params)
        rows = selectors.list_coupons(self.principal)
        if query.code is not None:
            rows = rows.filter(code=query.code)
        if query.campaign is not None:
            rows = rows.filter(campaign_id=query.campaign)
        if query.member is not None:
            rows = rows.filter(member_id=get_member_id(self.principal, query.member))
        return Response(page(rows, query, read_cursor=Coupon.public_id_to_uuid, show=show_coupon))

    @extend_schema(
        operation_id="issue_coupon",
        summary="Issue a coupon to a member",
        request=coupon_bodies.IssueCoupon,
        responses={
            200: coupon_objects.CouponObject,
            201: coupon_objects.CouponObject,
            **PROBLEMS,
        },
        parameters=[IDEMPOTENCY_KEY],
    )
    def post(self, request: Request) -> Response:
        body = read(coupon_bodies.IssueCoupon, request.data)
        done = once(self.idempotency_key, Coupon.PREFIX, lambda: self._issue(body))
        coupon = selectors.get_coupon(self.principal, done.object_id)
        headers = {"Idempotent-Replayed": "true"} if done.is_replay else {}
        status = 200 if done.is_replay else 201
        return Response(show_coupon(coupon), status=status, headers=headers)

    def _issue(self, body: coupon_bodies.IssueCoupon) -> UUID:
        campaign = selectors.get_campaign(self.principal, body.campaign)
        member = get_member(self.principal, get_member_id(self.principal, body.member))
        return issue_to_member(campaign, member, issued_by=self.principal.actor).id


class OneCoupon(MerchantView):
    """``/v1/coupons/{id}``."""

    scopes = {"GET": Scope.COUPONS_READ}

    @extend_schema(
        operation_id="get_coupon",
        summary="Read a coupon",
        responses={200: coupon_objects.CouponObject, **PROBLEMS},
    )
    def get(self, request: Request, coupon_id: str) -> Response:
        found = selectors.get_coupon(self.principal, read_id(Coupon.PREFIX, coupon_id))
        return Response(show_coupon(found))


class CouponPreview(MerchantView):
    """``/v1/coupons/preview``."""

    scopes = {"POST": (Scope.COUPONS_READ, Scope.PAYMENTS_WRITE)}

    @extend_schema(
        operation_id="preview_coupons",
        summary="Say what coupons and points would take off a basket",
        request=coupon_bodies.PreviewCoupons,
        responses={200: coupon_objects.CouponPreviewObject, **PROBLEMS},
        parameters=[IDEMPOTENCY_KEY],
    )
    def post(self, request: Request) -> Response:
        body = read(coupon_bodies.PreviewCoupons, request.data)
        if not body.codes and body.member is None:
            fault = FieldError("coupon", "required", "Send `coupon` or `member`.")
            raise Rejected("invalid_request", "Please correct: coupon.", errors=(fault,))
        principal = self.principal
        coupons = find_coupons(body.codes, livemode=principal.livemode, actor=principal.actor)
        sale = self._sale(body)
        member = get_member(principal, sale.member_id) if sale.member_id else None
        about = coupons[0] if coupons else member
        assert about is not None  # noqa: S101 - one of them was sent
        done = once(self.idempotency_key, about.PREFIX, lambda: about.id)
        headers = {"Idempotent-Replayed": "true"} if done.is_replay else {}
        return Response(self._try(body, sale, about, coupons, member), headers=headers)

    def _try(
        self,
        body: coupon_bodies.PreviewCoupons,
        sale: Sale,
        about: Coupon | Member,
        coupons: Sequence[Coupon],
        member: Member | None,
    ) -> dict[str, Any]:
        offs = price_coupons(sale, coupons)
        left = sale.price - sum(offs)
        points = None
        if body.points is not None:
            worth = price_points(member, sale.currency, body.points, left)
            points = (body.points, worth)
        most = most_spendable(member, sale.currency, left) if member else None
        return show_preview(
            about, sale.price, sale.currency, list(zip(coupons, offs, strict=True)), points, most
        )

    def _sale(self, body: coupon_bodies.PreviewCoupons) -> Sale:
        principal = self.principal
        mine = Store.objects.filter(id=body.store, merchant_id=principal.merchant_id)
        if principal.store_id not in {None, body.store} or not mine.exists():
            fault = FieldError(
                "store", "unknown", "No such store for this key; see GET /v1/stores."
            )
            raise Rejected("invalid_request", "Please correct: store.", errors=(fault,))
        return Sale(
            merchant_id=principal.merchant_id,
            store_id=body.store,
            livemode=principal.livemode,
            currency=body.currency,
            price=body.amount,
            lines=read_lines([item.model_dump(exclude_none=True) for item in body.items]),
            member_id=get_member_id(principal, body.member) if body.member else None,
            at=clock.now(),
            is_alone=len(body.codes) == 1,
        )


class Campaigns(MerchantView):
    """``/v1/campaigns``."""

    scopes = {"GET": Scope.COUPONS_READ}

    @extend_schema(
        operation_id="list_campaigns",
        summary="List campaigns",
        responses={200: coupon_objects.CampaignPage, **PROBLEMS},
        parameters=query_parameters(coupon_bodies.CampaignQuery),
    )
    def get(self, request: Request) -> Response:
        query = read_query(coupon_bodies.CampaignQuery, request.query_params)
        rows = selectors.list_campaigns(self.principal)
        if query.status is not None:
            rows = rows.filter(status=query.status)
        read_cursor = Campaign.public_id_to_uuid
        return Response(page(rows, query, read_cursor=read_cursor, show=show_campaign))
