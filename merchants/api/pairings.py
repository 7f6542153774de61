"""``/v1/pairings`` and ``/v1/pairing``: a web till gets its key, looks at it, and gives it up."""

from typing import Any, Literal

from drf_spectacular.utils import extend_schema
from pydantic import BaseModel
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.attempts import AttemptsPerAddress
from api.bodies import Body, Text, read
from api.schema import PROBLEMS
from connectors.alipay.rules import PAYMENT_CODE_PATTERN
from kernel.currencies import minor_digits
from kernel.errors import NotFound
from merchants.api.base import MerchantView
from merchants.api.bodies import StoreObject, TerminalObject, show_store, show_terminal
from merchants.models import ApiKey, PartnerAccount, Terminal
from merchants.services.api_keys import revoke_api_key
from merchants.services.pairings import use_pairing_code
from merchants.state import Scope
from tenancy.scope import tenant_scope


class UsePairingCode(Body):
    """The code as it was read out: small letters, spaces and hyphens do not matter."""

    code: Text


class CurrencyObject(BaseModel):
    """An ISO 4217 code, and how many digits stand behind its decimal point."""

    code: str
    minor_digits: int


class PairingObject(BaseModel):
    """What a paired till is: where it stands, what it takes, and what codes it should scan for.

    `payment_code_pattern` is a regular expression for a whole wallet code: who reads a scanner
    charges as soon as it matches.
    """

    object: Literal["pairing"] = "pairing"
    merchant_name: str
    store: StoreObject
    terminal: TerminalObject
    livemode: bool
    currencies: list[CurrencyObject]
    payment_code_pattern: str


class PairingWithKey(PairingObject):
    """With the key, which is answered this once. It works for the one terminal."""

    api_key: str


class Pairings(APIView):
    """``/v1/pairings``: for who has a code and no key yet."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = (AttemptsPerAddress,)
    attempts = (10, 600)
    http_method_names = ["post"]

    @extend_schema(
        operation_id="create_pairing",
        summary="Pair a till: a one-time code becomes an API key of one terminal",
        request=UsePairingCode,
        responses={201: PairingWithKey, **PROBLEMS},
        auth=[],
    )
    def post(self, request: Request) -> Response:
        pairing, key_text = use_pairing_code(read(UsePairingCode, request.data).code)
        with tenant_scope(pairing.acquirer_id, pairing.merchant_id):
            shown = show_pairing(pairing.terminal, livemode=pairing.livemode)
        return Response(shown | {"api_key": key_text}, status=201)


class OwnPairing(MerchantView):
    """``/v1/pairing``: the one of the caller's key."""

    scopes = {"GET": Scope.STORES_READ, "DELETE": Scope.PAYMENTS_WRITE}

    @extend_schema(
        operation_id="get_pairing",
        summary="Read where this till stands and what it takes",
        responses={200: PairingObject, **PROBLEMS},
    )
    def get(self, request: Request) -> Response:
        key = self._key()
        assert key.terminal is not None  # noqa: S101 - a pairing is a terminal's
        return Response(show_pairing(key.terminal, livemode=key.livemode))

    @extend_schema(
        operation_id="end_pairing",
        summary="Unpair this till: its key stops working at once",
        responses={204: None, **PROBLEMS},
    )
    def delete(self, request: Request) -> Response:
        revoke_api_key(self._key())
        return Response(status=204)

    def _key(self) -> ApiKey:
        rows = ApiKey.objects.select_related("terminal__store", "terminal__merchant")
        key = rows.filter(id=self.principal.key_id, pairing__isnull=False).first()
        if key is None:
            raise NotFound("not_found", "This API key came by no pairing.")
        return key


def show_pairing(terminal: Terminal, *, livemode: bool) -> dict[str, Any]:
    """The pairing as the API shows it; in the scope of the merchant."""
    with tenant_scope(terminal.acquirer_id):  # a partner account is the acquirer's
        account = PartnerAccount.objects.filter(livemode=livemode, is_active=True).first()
    return {
        "object": "pairing",
        "merchant_name": terminal.merchant.display_name,
        "store": show_store(terminal.store),
        "terminal": show_terminal(terminal),
        "livemode": livemode,
        "currencies": [
            {"code": code, "minor_digits": minor_digits(code)}
            for code in (() if account is None else account.currencies)
        ],
        "payment_code_pattern": PAYMENT_CODE_PATTERN,
    }
