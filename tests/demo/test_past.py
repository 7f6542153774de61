"""The demo's past: for a demo's test key alone, and Alipay's stand-in hands over on time."""

from datetime import UTC, datetime, timedelta

import pytest

from config.demonstration.past import NotADemo, find_shop
from config.demonstration.past_scheme import PastScheme
from connectors.base import PayRequest, Result
from kernel.clock import ManualClock, using_clock
from kernel.money import Money
from tests.factories.merchants import ApiKeyFactory
from tests.factories.tenancy import AcquirerFactory
from tests.fakes import PAID, FakeScheme
from tests.people import Person, make_person

YESTERDAY = datetime(2026, 11, 28, tzinfo=UTC)


@pytest.mark.django_db
def test_a_past_is_written_for_the_test_key_of_a_demo_alone(acme: Person) -> None:
    demo = make_person(AcquirerFactory(slug="demo-0af3"))
    live = ApiKeyFactory(merchant=demo.merchant, livemode=True)

    for refused in (acme.key_text, live.text, f"{demo.key_text}x", "no key"):
        with pytest.raises(NotADemo):
            find_shop(refused)
    principal, merchant = find_shop(demo.key_text)
    assert (principal.merchant_id, merchant) == (demo.merchant.id, demo.merchant)


def sale(number: int) -> PayRequest:
    return PayRequest(
        partner_trans_id=f"pay{number:026}", amount=Money(5000, "HKD"),
        payment_code=f"281700000000{number:06}", title="Tea", created_at=YESTERDAY,
        notify_url="", merchant_id="M0001", merchant_name="Lotus", merchant_mcc="5812",
        store_id="S001", store_name="Central",
    )  # fmt: skip


def test_before_yesterday_most_are_paid_and_from_then_on_the_scheme_is_asked() -> None:
    scheme = FakeScheme()
    scheme.will("pay", PAID)
    past = PastScheme(scheme, YESTERDAY)  # type: ignore[arg-type]

    with using_clock(ManualClock(YESTERDAY - timedelta(seconds=1))):
        answers = [past.pay(sale(number)) for number in range(400)]
    asked_before = scheme.kinds()
    with using_clock(ManualClock(YESTERDAY)):
        last = past.pay(sale(400))

    failed = [answer for answer in answers if answer.result is Result.FAILED]
    assert 4 < len(failed) < 40
    assert {answer.result for answer in answers} == {Result.SUCCEEDED, Result.FAILED}
    assert all(answer.failure_code for answer in failed)
    paid = {answer.trade.payer_amount for answer in answers if answer.result is Result.SUCCEEDED}
    assert paid == {Money(4500, "CNY"), Money(5000, "HKD")}
    assert (asked_before, scheme.kinds(), last) == ([], ["pay"], PAID)
