"""The people of the measurement: acquirers with merchants, each with a store and an API key."""

from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from kernel import clock
from merchants.keys import new_key
from merchants.models import ApiKey, Merchant, PartnerAccount, Store
from merchants.onboarding import Standing
from merchants.state import ALL_SCOPES
from tenancy.models import Acquirer
from tenancy.scope import tenant_scope


@dataclass(frozen=True)
class Market:
    """``tills`` are pairs of API key and store id, from every merchant in turn."""

    tills: list[tuple[str, str]]


def new_private_key(bits: int) -> bytes:
    """An RSA key as PEM (PKCS#8)."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def public_half(private_key: bytes) -> str:
    """The public key of a private one, both as PEM."""
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    key = load_pem_private_key(private_key, password=None)
    public = key.public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def make_market(
    name: str,
    *,
    gateway_url: str,
    alipay_key: bytes,
    acquirers: int = 4,
    merchants: int = 5,
    first_query_seconds: int = 5,
) -> Market:
    """``acquirers`` times ``merchants`` of them, all served by the Alipay at ``gateway_url``.

    Neighbours in ``tills`` belong to different acquirers, so the tenant changes per request.
    """
    by_acquirer = []
    for number in range(acquirers):
        acquirer = Acquirer.objects.create(
            name=f"{name} {number}", slug=f"bench-{name}-{number}", country="HK"
        )
        with tenant_scope(acquirer.id):
            PartnerAccount.objects.create(
                acquirer=acquirer,
                partner_id=f"2088{number:012d}",
                private_key=new_private_key(2048).decode(),
                alipay_public_key=public_half(alipay_key),
                primary_url=gateway_url,
                currencies=["HKD"],
                first_query_seconds=first_query_seconds,
                registers_stores=False,  # a stand-in for payments keeps no register
            )
            by_acquirer.append([_till(acquirer, place) for place in range(merchants)])
    return Market([till for places in zip(*by_acquirer, strict=True) for till in places])


def _till(acquirer: Acquirer, number: int) -> tuple[str, str]:
    merchant = Merchant.objects.create(
        acquirer=acquirer,
        legal_name=f"Merchant {number} Limited",
        display_name=f"Merchant {number}",
        mcc="5812",
        country="HK",
        scheme_merchant_id=f"M{number:04d}",
        status=Standing.ACTIVE,
    )
    store = Store.objects.create(
        acquirer=acquirer, merchant=merchant, name=f"Store {number}", scheme_store_id="S001"
    )
    text, key = new_key(livemode=False)
    ApiKey.objects.create(
        acquirer=acquirer,
        merchant=merchant,
        label="measurement",
        lookup=key.lookup,
        digest=key.digest,
        scopes=list(ALL_SCOPES),
        last_used_at=clock.now(),
    )
    return text, store.public_id
