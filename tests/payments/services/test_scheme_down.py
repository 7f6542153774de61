"""Alipay is down: the real connector over loopback HTTP, under the services and their tables."""

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from connectors.alipay.breaker import BreakerLimits
from connectors.alipay.config import CallLimit, CallLimits, GatewayConfig, SignType
from connectors.alipay.gateway import AlipayGateway
from kernel.clock import ManualClock
from kernel.errors import Unavailable
from merchants import gateways
from payments.models import Attempt, Payment, Transition
from payments.services.drive import drive_payment
from tenancy.scope import platform_scope
from tests.connectors.alipay.stand_in import (
    MD5_KEY,
    PARTNER,
    Call,
    Handler,
    StandIn,
    accepted,
    running_stand_in,
)
from tests.fakes import FakeScheme
from tests.payments.conftest import reread

pytestmark = pytest.mark.django_db
Pay = Callable[..., Payment]


def works(handler: Handler, call: Call) -> None:
    """Takes every code, knows no trade that is asked for, and closes what is to be cancelled."""
    service, form = call.form["service"], call.form
    if service == "alipay.acquire.overseas.spot.pay":
        repeated = ("partner_trans_id", "trans_amount", "currency", "buyer_identity_code")
        answer = {name: form[name] for name in repeated}
        answer |= {"result_code": "SUCCESS", "alipay_trans_id": "2026112222001400990000000042"}
    elif service == "alipay.acquire.cancel":
        answer = {"result_code": "SUCCESS", "out_trade_no": form["out_trade_no"], "action": "close"}
    else:
        answer = {"result_code": "FAIL", "error": "TRADE_NOT_EXIST"}
    handler.reply(accepted(answer))


def hangs_up(handler: Handler, _: Call) -> None:
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)


def hangs(handler: Handler, _: Call) -> None:
    handler.stand_in.stop.wait(20)


@dataclass
class Line:
    """Two addresses, and the probes that are under way between the process and them."""

    first: StandIn
    backup: StandIn
    connector: AlipayGateway
    probes: list[Callable[[], object]] = field(default_factory=list)

    def both(self, answer: Callable[[Handler, Call], None]) -> None:
        self.first.answer = self.backup.answer = answer

    def finish_probes(self) -> None:
        while self.probes:
            self.probes.pop()()

    def services(self) -> list[list[str]]:
        """What each address was asked, by the last word of the call's name."""
        return [
            [call.form["service"].rpartition(".")[2] for call in address.calls]
            for address in (self.first, self.backup)
        ]


@pytest.fixture
def line(scheme: FakeScheme, monkeypatch: pytest.MonkeyPatch) -> Iterator[Line]:
    probes: list[Callable[[], object]] = []
    with running_stand_in() as first, running_stand_in() as backup:
        config = GatewayConfig(
            partner_id=PARTNER, sign_type=SignType.MD5, md5_key=MD5_KEY,
            primary_url=first.url, backup_url=backup.url,
            limits=CallLimits(*[CallLimit(2, 1)] * 5),
            breaker=BreakerLimits(failures=2, pause_seconds=2),
        )  # fmt: skip
        connector = AlipayGateway(config, in_background=probes.append)
        monkeypatch.setattr(gateways, "build_connector", lambda *_: connector)
        line = Line(first, backup, connector, probes)
        line.both(works)
        yield line
        connector.close()


def drive(payment: Payment) -> Payment:
    drive_payment(payment.id, acquirer_id=payment.acquirer_id)
    return reread(payment)


def rows() -> list[int]:
    with platform_scope():
        return [model.objects.count() for model in (Payment, Attempt, Transition)]


def attempts_of(payment: Payment) -> list[tuple[Any, ...]]:
    with platform_scope():
        found = Attempt.objects.filter(payment_id=payment.id).order_by("id")
        return list(found.values_list("kind", "result", "endpoint"))


@pytest.fixture
def doubtful(line: Line, pay: Pay, clock: ManualClock) -> Payment:
    """A payment that was sent, and whose queries found both addresses down."""
    line.both(hangs_up)
    payment = pay(merchant_reference="doubtful")
    for _ in range(4):
        clock.advance(3)
        payment = drive(payment)
    assert payment.status == "processing"
    assert not line.connector.is_available()
    return payment


def test_while_both_addresses_are_down_a_new_payment_is_not_begun(
    line: Line, doubtful: Payment, pay: Pay
) -> None:
    line.both(works)  # it would be paid if it were sent
    before, asked = rows(), line.services()

    with pytest.raises(Unavailable) as refusal:
        pay(merchant_reference="new")

    assert refusal.value.code == "scheme_unavailable"
    assert refusal.value.retry_after_seconds == 2
    assert (rows(), line.services()) == (before, asked)


def test_while_both_addresses_are_down_a_payment_that_is_there_is_answered(
    line: Line, doubtful: Payment, pay: Pay
) -> None:
    before = rows()

    assert pay(merchant_reference="doubtful").id == doubtful.id
    assert rows() == before


def test_a_payment_in_doubt_is_asked_about_and_cancelled_at_its_deadline_while_all_is_down(
    line: Line, doubtful: Payment, clock: ManualClock
) -> None:
    while clock.now() < doubtful.expires_at:
        clock.advance(3)
        payment = drive(doubtful)
    assert payment.status == "canceling"

    asked = sum(map(len, line.services()))
    for _ in range(20):
        clock.advance(60)
        payment = drive(payment)
    assert payment.status == "canceling"
    assert payment.due_at is not None
    assert sum(map(len, line.services())) - asked == 20  # one trial each time, not two

    line.both(works)
    clock.advance(60)
    payment = drive(payment)
    assert (payment.status, payment.failure_code) == ("canceled", "scheme_unavailable")


def test_when_one_address_is_back_the_next_payment_but_one_is_paid_there(
    line: Line, doubtful: Payment, pay: Pay, clock: ManualClock
) -> None:
    line.backup.answer = works
    clock.advance(3)
    with pytest.raises(Unavailable):
        pay(merchant_reference="asks")
    line.finish_probes()

    paid = pay(merchant_reference="paid")

    assert paid.status == "succeeded"
    assert attempts_of(paid) == [("pay", "succeeded", line.backup.url)]


def test_a_pay_whose_first_address_refuses_the_connection_goes_to_the_backup_once(
    line: Line, pay: Pay, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running_stand_in() as closed:
        pass
    config = GatewayConfig(
        partner_id=PARTNER, sign_type=SignType.MD5, md5_key=MD5_KEY,
        primary_url=closed.url, backup_url=line.backup.url,
    )  # fmt: skip
    connector = AlipayGateway(config)
    monkeypatch.setattr(gateways, "build_connector", lambda *_: connector)

    paid = pay()
    connector.close()

    assert paid.status == "succeeded"
    assert line.services() == [[], ["pay"]]
    assert attempts_of(paid) == [("pay", "succeeded", line.backup.url)]


def test_a_pay_that_timed_out_is_never_sent_to_the_backup_but_its_query_is(
    line: Line, pay: Pay, clock: ManualClock
) -> None:
    line.first.answer = hangs

    payment = pay()
    clock.advance(3)
    payment = drive(payment)

    assert payment.status == "processing"
    assert line.services() == [["pay"], ["query"]]
    assert attempts_of(payment) == [
        ("pay", "unknown", line.first.url),
        ("query", "unknown", line.backup.url),
    ]
