"""What a till or an ERP may say of a product, and what is answered; also for the contract."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from api.bodies import Body, Text
from api.pages import PageQuery
from loyalty.basket_state import AMOUNT_LIMIT_MINOR, SKU_LENGTH
from loyalty.services.products import Description
from payments.api.fields import Currency

Sku = Annotated[Text, StringConstraints(min_length=1, max_length=SKU_LENGTH)]
Minor = Annotated[int, Field(ge=0, le=AMOUNT_LIMIT_MINOR)]


class PutProduct(Body):
    """A product as it is to be; amounts in minor units of `currency`.

    `cost` is what the merchant itself pays for one: offers are ranked by what it leaves.
    """

    sku: Sku
    name: Annotated[Text, StringConstraints(min_length=1, max_length=128)]
    currency: Currency
    category: Annotated[Text, StringConstraints(max_length=64)] = ""
    price: Minor | None = None
    cost: Minor | None = None
    active: bool = True

    def to_description(self) -> Description:
        """What the service needs."""
        return Description(
            sku=self.sku,
            name=self.name,
            currency=self.currency,
            category=self.category,
            price_minor=self.price,
            cost_minor=self.cost,
            is_active=self.active,
        )


class ProductQuery(PageQuery):
    """Filters of the list."""

    sku: Sku | None = None
    category: Annotated[Text, StringConstraints(max_length=64)] | None = None
    active: bool | None = None


class ProductObject(BaseModel):
    """One article of the merchant's catalogue."""

    object: Literal["product"]
    id: str
    sku: str
    name: str
    category: str | None
    currency: str
    price: int | None
    cost: int | None
    active: bool
    created_at: str


class ProductPage(BaseModel):
    """A page of products, newest first."""

    data: list[ProductObject]
    has_more: bool
    next_cursor: str | None
