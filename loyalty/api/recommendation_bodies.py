"""What a till may ask of recommendations, and what is answered; also for the contract."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from api.bodies import Body, Moment, Query
from loyalty.api.product_bodies import Sku
from loyalty.services.recommend import Question
from payments.api.fields import Currency, Reference, StoreId


class AskRecommendation(Body):
    """`merchant_reference` is the one that the sale's payment will have: by it what was taken is
    found. Ask again as the basket grows; a sale stays in its group."""

    merchant_reference: Reference
    store: StoreId
    currency: Currency
    basket: Annotated[list[Sku], Field(min_length=1, max_length=200)]
    limit: Annotated[int, Field(ge=1, le=10)] = 3

    def to_question(self) -> Question:
        """What the service needs."""
        basket = tuple(dict.fromkeys(self.basket))
        return Question(self.merchant_reference, self.store, self.currency, basket, self.limit)


class UpliftQuery(Query):
    """From when to when, 90 days at most; the last 90 if absent."""

    since: Moment | None = None
    until: Moment | None = None
    currency: Currency | None = None


class OfferObject(BaseModel):
    """A product to offer. `expected_margin` is `confidence` times what one leaves, rounded down."""

    sku: str
    name: str
    category: str | None
    price: int
    confidence: str
    expected_margin: int
    cost_assumed: bool


class RecommendationObject(BaseModel):
    """What to offer with a basket, best first. In the control group: nothing."""

    object: Literal["recommendation"]
    id: str
    livemode: bool
    merchant_reference: str
    store: str
    currency: str
    control: bool
    offers: list[OfferObject]
    created_at: str


class GroupObject(BaseModel):
    """Paid sales that had something to be offered; `margin` is of the offered products bought."""

    sales: int
    taken: int
    attach_rate: str | None
    margin: int
    margin_per_sale: str | None


class DifferenceObject(BaseModel):
    """Offered less control, with the interval of `level`."""

    value: str
    low: str
    high: str


class UpliftObject(BaseModel):
    """What offering brings, against the control group."""

    object: Literal["recommendation_uplift"]
    livemode: bool
    since: str
    until: str
    currency: str | None
    asked: int
    offered: GroupObject
    control: GroupObject
    level: str
    attach_rate_uplift: DifferenceObject | None
    margin_per_sale_uplift: DifferenceObject | None
