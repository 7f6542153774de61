"""What the webhook calls share: finding the key's own endpoint, doing a POST once, answering."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from rest_framework.response import Response

from api import kept_keys
from api.once import Done, once
from events.models import WebhookEndpoint
from events.presentation import show_endpoint
from events.services import endpoints
from kernel import clock
from merchants.api.whole_merchant import WholeMerchantView, read_id


class WebhookView(WholeMerchantView):
    """What the calls below share."""

    def find(self, endpoint_id: str) -> WebhookEndpoint:
        """The key's own endpoint; raises NotFound."""
        return endpoints.find_endpoint(
            read_id("whe", endpoint_id), livemode=self.principal.livemode
        )

    def check(self, url: str) -> None:
        """Refuse an address that we would not call, unless this POST was answered before."""
        if kept_keys.find(self.idempotency_key) is None:
            endpoints.check_address(url, livemode=self.principal.livemode)

    def once(self, work: Callable[[], UUID], *, object_type: str = "whe") -> Done:
        """Do the POST's work unless it was done under its Idempotency-Key."""
        return once(self.idempotency_key, object_type, work)


def show(endpoint: WebhookEndpoint) -> dict[str, Any]:
    return show_endpoint(endpoint, now=clock.now())


def answer(shown: dict[str, Any], done: Done, *, status: int) -> Response:
    if done.is_replay:
        return Response(shown, status=200, headers={"Idempotent-Replayed": "true"})
    return Response(shown, status=status)
