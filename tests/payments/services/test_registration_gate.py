"""A live payment needs a store that Alipay has taken; a test payment does not."""

from typing import Any

import pytest

from kernel import clock as time
from kernel.errors import Forbidden
from merchants.models import PartnerAccount, Registration
from payments.models import Payment
from payments.services.create import create_payment
from tenancy.scope import platform_scope, tenant_scope
from tests.factories.merchants import ApiKeyFactory, PartnerAccountFactory
from tests.fakes import PAID, FakeScheme
from tests.payments.conftest import order_of, principal_of
from tests.people import Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def live(acme: Person) -> Person:
    """acme with a live account that announces stores, and a live key."""
    account = PartnerAccountFactory(acquirer=acme.acquirer, livemode=True, registers_stores=True)
    key = ApiKeyFactory(merchant=acme.merchant, livemode=True)
    return Person(acme.acquirer, account, acme.merchant, acme.store, acme.terminal, key, key.text)


def know(person: Person, **changes: Any) -> None:
    """Write down where the person's store stands at Alipay."""
    values: dict[str, Any] = {
        "scheme_merchant_id": person.merchant.scheme_merchant_id,
        "scheme_store_id": person.store.scheme_store_id,
    }
    with platform_scope():
        Registration.objects.create(
            acquirer=person.acquirer, merchant=person.merchant, store=person.store,
            partner_account=person.partner_account, **(values | changes),
        )  # fmt: skip


def pay(person: Person) -> Payment:
    with tenant_scope(person.acquirer.id, person.merchant.id):
        return create_payment(principal_of(person), order_of(person)).payment


def refusal_of(person: Person) -> tuple[str, str]:
    with pytest.raises(Forbidden) as refused:
        pay(person)
    with platform_scope():
        assert not Payment.objects.exists()
    return refused.value.code, refused.value.detail


IN_REVIEW = "Alipay is still looking at the store's registration."
REFUSED = "Alipay has refused the store; your acquirer must correct it."
OTHER_NAME = "The store is registered under other names than it has now."


@pytest.mark.parametrize(
    ("known", "words"),
    [
        (None, "The store is about to be registered with Alipay; try again soon."),
        ({"status": "in_review"}, IN_REVIEW),
        ({"status": "refused", "reason": "risk control"}, f"{REFUSED} It said: risk control"),
    ],
)
def test_a_store_that_alipay_has_not_taken_is_not_paid_and_the_till_learns_why(
    live: Person, scheme: FakeScheme, known: dict[str, Any] | None, words: str
) -> None:
    if known is not None:
        know(live, **known)

    assert refusal_of(live) == ("store_not_registered", words)
    assert scheme.calls == []


def test_a_store_that_was_renamed_at_alipay_is_not_paid_under_the_old_registration(
    live: Person, scheme: FakeScheme
) -> None:
    know(live, status="registered", registered_at=time.now(), scheme_store_id="S-OLD")

    assert refusal_of(live) == ("store_not_registered", OTHER_NAME)


def test_a_registration_below_another_account_opens_nothing(
    live: Person, acme: Person, scheme: FakeScheme
) -> None:
    know(acme, status="registered", registered_at=time.now())

    assert refusal_of(live)[0] == "store_not_registered"


@pytest.mark.parametrize("status", ["registered", "in_review", "refused"])
def test_a_store_that_was_taken_once_is_paid_also_while_a_change_is_looked_at(
    live: Person, scheme: FakeScheme, status: str
) -> None:
    scheme.will("pay", PAID)
    know(live, status=status, registered_at=time.now())

    assert pay(live).livemode is True
    assert scheme.kinds() == ["pay"]


def test_test_payments_need_no_registration(acme: Person, scheme: FakeScheme) -> None:
    scheme.will("pay", PAID)
    with platform_scope():
        PartnerAccount.objects.filter(id=acme.partner_account.id).update(registers_stores=True)

    assert pay(acme).livemode is False
    assert scheme.kinds() == ["pay"]
