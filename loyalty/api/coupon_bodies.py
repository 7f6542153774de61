"""What a till may say of coupons; also for the OpenAPI document."""

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from api.bodies import Body, Text
from api.pages import PageQuery
from loyalty.campaign_state import CampaignStatus
from loyalty.coupon_codes import read_code
from payments.api.bodies import CouponCode, Item
from payments.api.fields import AmountMinor, Currency, StoreId, id_of

MemberWord = Annotated[Text, StringConstraints(min_length=1, max_length=64)]
CampaignId = Annotated[UUID, BeforeValidator(id_of("cmp"), json_schema_input_type=str)]


def _code(text: str) -> str:
    code = read_code(text)
    if code is None:
        raise PydanticCustomError("not_a_code", "Must be 4 to 32 letters and digits.")
    return code


class PreviewCoupons(Body):
    """A sale as `POST /v1/payments` will have it: what would coupons and points take off now?

    `coupon`, or `member`, or both; with `member` the answer says how many points may be spent.
    """

    coupon: CouponCode | Annotated[list[CouponCode], Field(min_length=1, max_length=5)] | None = (
        None
    )
    amount: AmountMinor
    currency: Currency
    store: StoreId
    items: Annotated[list[Item], Field(max_length=200)] = []
    member: MemberWord | None = None
    points: Annotated[int, Field(ge=1, le=1_000_000_000)] | None = None

    @property
    def codes(self) -> list[str]:
        """None, one or several."""
        if self.coupon is None:
            return []
        return [self.coupon] if isinstance(self.coupon, str) else self.coupon


class IssueCoupon(Body):
    """A new coupon of the campaign for one member: by id, or by the number of the card."""

    campaign: CampaignId
    member: MemberWord


class CouponQuery(PageQuery):
    """Filters of the list; `code` as it was typed or scanned, `member` an id or a card's number."""

    code: Annotated[Text, StringConstraints(max_length=48), AfterValidator(_code)] | None = None
    campaign: CampaignId | None = None
    member: MemberWord | None = None


class CampaignQuery(PageQuery):
    """Filters of the list."""

    status: CampaignStatus | None = None
