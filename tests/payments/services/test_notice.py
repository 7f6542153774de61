"""Notifications: verified, kept once, and never believed without a query."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from kernel.clock import ManualClock
from merchants.models import PartnerAccount
from payments.models import Notification, Payment, RefusedNotification
from payments.services import refused_notice
from payments.services.drive import drive_payment
from sandbox.signing import sign, signed_text
from tenancy.retention import forget_old
from tenancy.scope import platform_scope
from tests.factories.merchants import MD5_KEY
from tests.fakes import DECLINED, PAID, SILENCE, TRADE_CLOSED, FakeScheme
from tests.payments.conftest import reread
from tests.people import Person

pytestmark = pytest.mark.django_db
Pay = Callable[..., Payment]


def notification(payment: Payment, account: PartnerAccount, **changes: str) -> dict[str, str]:
    """As Alipay signs it; the signature is the simulator's own work, not the connector's."""
    fields = {
        "notify_id": "ac05099524730693a8b330c5ecf72da978",
        "notify_type": "trade_status_sync",
        "notify_action_type": "payByAccountAction",
        "out_trade_no": payment.partner_trans_id,
        "trade_no": "2026112222001400990000000042",
        "trade_status": "TRADE_SUCCESS",
        "total_fee": "120.50",
        "currency": "HKD",
        "seller_id": account.partner_id,
        "buyer_email": "159****5620",
    } | changes
    signature = sign(signed_text(fields), "MD5", private_pem="", md5_key=MD5_KEY)
    return fields | {"sign_type": "MD5", "sign": signature}


def tell(account: PartnerAccount, fields: dict[str, Any]) -> tuple[int, str]:
    answer = Client().post(f"/alipay/notify/{account.public_id}", fields)
    return answer.status_code, answer.content.decode()


@pytest.fixture
def doubtful(pay: Pay, scheme: FakeScheme) -> Payment:
    scheme.will("pay", SILENCE)
    return pay()


def test_it_is_kept_answered_with_success_and_the_payment_is_due_now(
    acme: Person, doubtful: Payment, scheme: FakeScheme, clock: ManualClock
) -> None:
    clock.advance(1)

    assert tell(acme.partner_account, notification(doubtful, acme.partner_account)) == (
        200, "success",
    )  # fmt: skip

    payment = reread(doubtful)
    assert payment.status == "processing"  # the notification alone decides nothing
    assert payment.due_at == clock.now()
    scheme.will("query", PAID)
    drive_payment(payment.id, acquirer_id=payment.acquirer_id)
    assert reread(payment).status == "succeeded"


def test_the_same_one_again_is_kept_once_and_counted(
    acme: Person, doubtful: Payment, scheme: FakeScheme
) -> None:
    fields = notification(doubtful, acme.partner_account)

    for _ in range(3):
        assert tell(acme.partner_account, fields) == (200, "success")

    with platform_scope():
        kept = Notification.objects.get()
    assert (kept.payment_id, kept.times_received) == (doubtful.id, 3)


@pytest.mark.parametrize(
    "change",
    [{"trade_status": "TRADE_CLOSED"}, {"total_fee": "0.01"}, {"sign": "0" * 32}, {"sign": ""}],
)
def test_a_forged_one_changes_nothing_and_is_shown_to_operations(
    acme: Person, doubtful: Payment, scheme: FakeScheme, change: dict[str, str]
) -> None:
    forged = notification(doubtful, acme.partner_account) | change

    status, word = tell(acme.partner_account, forged)

    assert (status, word) == (400, "fail")
    assert reread(doubtful).due_at == doubtful.created_at + timedelta(seconds=3)
    with platform_scope():
        assert not Notification.objects.exists()
        refused = RefusedNotification.objects.get()
    assert (refused.reason, refused.payment_id) == ("forged", None)
    assert refused.acquirer_id == acme.acquirer.id
    assert not {"sign", "sign_type", "buyer_id", "buyer_email"} & set(refused.body)


def test_a_forger_cannot_take_the_notify_id_of_a_genuine_one(
    acme: Person, doubtful: Payment, scheme: FakeScheme
) -> None:
    genuine = notification(doubtful, acme.partner_account)

    assert tell(acme.partner_account, genuine | {"sign": "0" * 32}) == (400, "fail")
    assert tell(acme.partner_account, genuine) == (200, "success")

    with platform_scope():
        assert Notification.objects.get().notify_id == genuine["notify_id"]


def test_one_for_another_seller_is_refused_and_shown(
    acme: Person, doubtful: Payment, scheme: FakeScheme
) -> None:
    fields = notification(doubtful, acme.partner_account, seller_id="2088000000009999")

    assert tell(acme.partner_account, fields) == (400, "fail")

    with platform_scope():
        assert not Notification.objects.exists()
        assert RefusedNotification.objects.get().reason == "foreign"


@pytest.mark.parametrize("change", [{"total_fee": "120.51"}, {"currency": "JPY"}])
def test_one_with_another_amount_is_refused_and_changes_nothing(
    acme: Person, doubtful: Payment, scheme: FakeScheme, change: dict[str, str]
) -> None:
    fields = notification(doubtful, acme.partner_account, **change)

    assert tell(acme.partner_account, fields) == (400, "fail")

    assert reread(doubtful).due_at == doubtful.created_at + timedelta(seconds=3)
    with platform_scope():
        assert not Notification.objects.exists()
        refused = RefusedNotification.objects.get()
    assert (refused.reason, refused.payment_id) == ("contradictory", doubtful.id)


def test_the_same_forgery_again_is_counted_and_a_flood_is_bounded(
    acme: Person,
    doubtful: Payment,
    scheme: FakeScheme,
    clock: ManualClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(refused_notice, "DAILY_LIMIT", 3)
    forged = notification(doubtful, acme.partner_account) | {"sign": "0" * 32}

    for number in range(5):
        tell(acme.partner_account, forged | {"notify_id": f"forged-{number}"})
    tell(acme.partner_account, forged | {"notify_id": "forged-0"})

    with platform_scope():
        kept = RefusedNotification.objects.order_by("id")
        assert [row.body["notify_id"] for row in kept] == ["forged-0", "forged-1", "forged-2"]
        assert [row.times_received for row in kept] == [2, 1, 1]
    clock.advance(timedelta(days=90, seconds=1).total_seconds())
    assert forget_old("payments_refusednotification") == 3


def test_characters_that_no_database_keeps_are_refused_like_any_forgery(
    acme: Person, doubtful: Payment, scheme: FakeScheme
) -> None:
    forged = notification(doubtful, acme.partner_account) | {"subject": "a\x00b", "x\x00": "y"}

    assert tell(acme.partner_account, forged) == (400, "fail")

    with platform_scope():
        assert RefusedNotification.objects.get().body["subject"] == "ab"


def test_a_close_of_a_paid_payment_makes_it_due_unless_all_was_refunded(
    acme: Person, pay: Pay, scheme: FakeScheme, clock: ManualClock
) -> None:
    scheme.will("pay", PAID)
    scheme.will("query", TRADE_CLOSED)
    payment = pay()
    closed = notification(
        payment,
        acme.partner_account,
        trade_status="TRADE_CLOSED",
        notify_action_type="closeTradeAction",
    )

    tell(acme.partner_account, closed)

    assert reread(payment).due_at == clock.now()
    drive_payment(payment.id, acquirer_id=payment.acquirer_id)
    payment = reread(payment)
    assert (payment.status, payment.has_open_break, payment.due_at) == ("succeeded", True, None)


def test_another_acquirers_account_cannot_speak_of_our_payment(
    acme: Person, outsider: Person, doubtful: Payment, scheme: FakeScheme
) -> None:
    fields = notification(doubtful, outsider.partner_account)

    assert tell(outsider.partner_account, fields) == (200, "success")

    assert reread(doubtful).due_at == doubtful.created_at + timedelta(seconds=3)
    with platform_scope():
        kept = Notification.objects.get()
    assert kept.payment_id is None


def test_an_unknown_account_is_not_found(acme: Person, scheme: FakeScheme) -> None:
    assert Client().post("/alipay/notify/pac_01h455vb4pex5vsknk084sn02q", {}).status_code == 404
    assert Client().post("/alipay/notify/nonsense", {}).status_code == 404


def test_old_news_of_an_ended_payment_wakes_nobody(
    acme: Person, pay: Pay, scheme: FakeScheme
) -> None:
    scheme.will("pay", PAID)
    payment = pay()

    tell(acme.partner_account, notification(payment, acme.partner_account))

    assert reread(payment).due_at is None


def test_money_for_a_failed_payment_makes_it_due_so_that_it_is_mended(
    acme: Person, pay: Pay, scheme: FakeScheme, clock: ManualClock
) -> None:
    scheme.will("pay", DECLINED)
    payment = pay()

    tell(acme.partner_account, notification(payment, acme.partner_account))

    assert reread(payment).status == "failed"
    assert reread(payment).due_at == clock.now()


def test_the_customers_identity_and_the_signature_are_not_kept(
    acme: Person, doubtful: Payment, scheme: FakeScheme
) -> None:
    tell(acme.partner_account, notification(doubtful, acme.partner_account))

    with platform_scope():
        body = Notification.objects.get().body
    assert not {"sign", "sign_type", "buyer_id", "buyer_email"} & set(body)
