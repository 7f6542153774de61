"""The base of calls about all of a merchant: a key that is bound to one store may not make them."""

from typing import Any
from uuid import UUID

from rest_framework.request import Request

from kernel import ids
from kernel.errors import Forbidden, NotFound
from merchants.api.base import MerchantView


class WholeMerchantView(MerchantView):
    """Events and webhooks tell of every store of the merchant."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if self.principal.store_id is not None:
            raise Forbidden(
                "key_of_one_store",
                "This API key is bound to one store; events and webhooks are the whole merchant's.",
            )


def read_id(prefix: str, text: str) -> UUID:
    """The id in an address; an id that is none is no address of ours."""
    try:
        return ids.decode(prefix, text)
    except ids.InvalidId:
        raise NotFound("not_found", f"No such {prefix}_… id.") from None
