"""``/v1/merchants/{id}/contacts``: whom to call."""

from typing import Annotated, Any, Literal

from drf_spectacular.utils import extend_schema
from pydantic import BaseModel, StringConstraints
from rest_framework.request import Request
from rest_framework.response import Response

from api.bodies import Body, Text, read, read_query
from api.pages import PageQuery, page
from api.schema import IDEMPOTENCY_KEY, PROBLEMS, query_parameters
from kernel import ids
from kernel.clock import show_time
from merchants.api.acquirer.base import AcquirerView
from merchants.api.acquirer.bodies import Name
from merchants.models import Contact, Merchant
from merchants.services.contacts import add_contact, change_contact, remove_contact
from merchants.state import AcquirerScope

Role = Literal["business", "operations", "finance", "technical"]
Email = Annotated[Text, StringConstraints(max_length=254)]
Phone = Annotated[Text, StringConstraints(max_length=20)]


class CreateContact(Body):
    """A person at the merchant; ``phone`` begins with the country's code: +852 2123 4567."""

    role: Role = "business"
    contact_name: Name
    email: Email
    phone: Phone = ""


class ChangeContact(Body):
    """What is given is changed; the rest stays."""

    role: Role | None = None
    contact_name: Name | None = None
    email: Email | None = None
    phone: Phone | None = None


class ContactObject(BaseModel):
    """A person at the merchant. Alipay is told the first one for business."""

    object: Literal["contact"] = "contact"
    id: str
    merchant: str
    role: Role
    contact_name: str
    email: str
    phone: str
    created_at: str | None


class ContactPage(BaseModel):
    """One page, newest first."""

    data: list[ContactObject]
    has_more: bool
    next_cursor: str | None


def show_contact(contact: Contact) -> dict[str, Any]:
    """The contact as the API shows it."""
    return {
        "object": "contact",
        "id": contact.public_id,
        "merchant": ids.encode(Merchant.PREFIX, contact.merchant_id),
        "role": contact.role,
        "contact_name": contact.contact_name,
        "email": contact.email,
        "phone": contact.phone,
        "created_at": show_time(contact.created_at),
    }


class MerchantContacts(AcquirerView):
    """``/v1/merchants/{id}/contacts``."""

    scopes = {"GET": AcquirerScope.MERCHANTS_READ, "POST": AcquirerScope.MERCHANTS_WRITE}

    @extend_schema(
        operation_id="list_merchant_contacts",
        summary="List a merchant's contacts",
        responses={200: ContactPage, **PROBLEMS},
        parameters=query_parameters(PageQuery),
    )
    def get(self, request: Request, merchant_id: str) -> Response:
        rows = Contact.objects.filter(merchant=self.merchant(merchant_id))
        query = read_query(PageQuery, request.query_params)
        return Response(page(rows, query, read_cursor=Contact.public_id_to_uuid, show=show_contact))

    @extend_schema(
        operation_id="create_merchant_contact",
        summary="Add a contact of a merchant",
        request=CreateContact,
        responses={201: ContactObject, 200: ContactObject, **PROBLEMS},
        parameters=[IDEMPOTENCY_KEY],
    )
    def post(self, request: Request, merchant_id: str) -> Response:
        merchant = self.merchant(merchant_id)
        content = read(CreateContact, request.data).model_dump()
        return self.once(Contact, lambda: add_contact(merchant, **content), show_contact)


class OneMerchantContact(AcquirerView):
    """``/v1/merchants/{id}/contacts/{id}``."""

    scopes = {"PATCH": AcquirerScope.MERCHANTS_WRITE, "DELETE": AcquirerScope.MERCHANTS_WRITE}
    http_method_names = ["patch", "delete"]

    def _contact(self, merchant_id: str, contact_id: str) -> Contact:
        return self.find(Contact, contact_id, merchant=self.merchant(merchant_id))

    @extend_schema(
        operation_id="change_merchant_contact",
        summary="Correct a contact",
        request=ChangeContact,
        responses={200: ContactObject, **PROBLEMS},
    )
    def patch(self, request: Request, merchant_id: str, contact_id: str) -> Response:
        changes = read(ChangeContact, request.data).model_dump(exclude_none=True)
        contact = self._contact(merchant_id, contact_id)
        return Response(show_contact(change_contact(contact, changes)))

    @extend_schema(
        operation_id="delete_merchant_contact",
        summary="Take a contact away",
        responses={204: None, **PROBLEMS},
    )
    def delete(self, request: Request, merchant_id: str, contact_id: str) -> Response:
        remove_contact(self._contact(merchant_id, contact_id))
        return Response(status=204)
