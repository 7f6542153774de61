"""Payments without a network: a scripted scheme, and work done before the answer."""

from collections.abc import Callable
from typing import Any

import pytest

from api.idempotency import RequestKey, fingerprint
from kernel.clock import ManualClock
from kernel.money import Money
from ledger import accounts
from merchants import gateways
from merchants.authentication import Principal, find_principal
from merchants.keys import parse_key
from payments.models import Payment
from payments.services import background, wait
from payments.services.create import create_payment
from payments.services.order import PaymentOrder
from tenancy.scope import tenant_scope
from tests.fakes import FakeScheme
from tests.people import Person

CODE = "281234567890123456"


@pytest.fixture
def scheme(monkeypatch: pytest.MonkeyPatch, clock: ManualClock, ids: None) -> FakeScheme:
    """Stands where Alipay would; background work is done at once, and nobody listens."""
    fake = FakeScheme()
    monkeypatch.setattr(gateways, "build_connector", lambda *_: fake)
    monkeypatch.setattr(gateways, "_kept", {})
    monkeypatch.setattr(accounts, "_known", set())
    monkeypatch.setattr(background, "start", lambda work: work())
    monkeypatch.setattr(wait, "_ensure_listening", lambda: None)
    return fake


def principal_of(person: Person) -> Principal:
    """The caller that the person's key stands for."""
    key = parse_key(person.key_text)
    assert key is not None
    principal = find_principal(key, address="127.0.0.1")
    assert principal is not None
    return principal


def key_of(person: Person, key: str = "k", said: str = "the same") -> RequestKey:
    """The Idempotency-Key ``key`` of a request of the person that said ``said``."""
    principal = principal_of(person)
    return RequestKey(
        principal.acquirer_id,
        principal.merchant_id,
        principal.livemode,
        key,
        fingerprint("POST", "/", said),
    )


def order_of(person: Person, **changes: Any) -> PaymentOrder:
    """An order of 120.50 HKD at the person's store."""
    content: dict[str, Any] = {
        "amount": Money(12050, "HKD"),
        "payment_code": CODE,
        "merchant_reference": "T1-0042",
        "store_id": person.store.id,
    }
    return PaymentOrder(**(content | changes))


@pytest.fixture
def pay(acme: Person, scheme: FakeScheme) -> Callable[..., Payment]:
    """Create a payment for acme; the payment as it stands after the pay call."""

    def create(**changes: Any) -> Payment:
        principal = principal_of(acme)
        with tenant_scope(principal.acquirer_id, principal.merchant_id):
            opening = create_payment(principal, order_of(acme, **changes))
            return reread(opening.payment)

    return create


def reread(payment: Payment) -> Payment:
    """The row as the database has it."""
    with tenant_scope(payment.acquirer_id):
        return Payment.objects.get(id=payment.id)
