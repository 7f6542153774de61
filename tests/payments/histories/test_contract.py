"""The same sentences about the model and about the sandbox, so that the two cannot drift apart."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

import pytest

from connectors.alipay.config import CallLimit, CallLimits, GatewayConfig, SignType
from connectors.alipay.gateway import AlipayGateway
from connectors.base import Connector, PayRequest, PresentRequest, RefundRequest, Result
from kernel.clock import ManualClock, using_clock
from kernel.money import Money
from sandbox.clock import ManualClock as SandboxClock
from sandbox.server import serving
from tests.payments.histories.alipay import Alipay, Mood
from tests.sandbox.conftest import NOON
from tests.sandbox.till import KEY, PARTNER, Till

AMOUNT = Money(1000, "HKD")
S, F, P, U = Result.SUCCEEDED, Result.FAILED, Result.PENDING, Result.UNKNOWN


@dataclass
class Side:
    """One of the two, with what makes codes for it and lets its time pass."""

    connector: Connector
    code: Callable[[Mood], str]
    wait: Callable[[float], None]
    scan: Callable[[str], None]

    def present(self) -> str:
        """The code that the till shows, for a minute."""
        request = PresentRequest(
            "TG1", AMOUNT, "Tea", NOON.astimezone(UTC), 60, "http://127.0.0.1:9/notify", "M1",
            "Tea", "5812", "S1", "Central",
        )  # fmt: skip
        outcome = self.connector.present(request)
        assert outcome.result is S
        assert outcome.qr_code is not None
        return outcome.qr_code

    def pay(self, mood: Mood = Mood.PAYS) -> Result:
        request = PayRequest(
            "TG1", AMOUNT, self.code(mood), "Tea", NOON.astimezone(UTC), "", "M1", "Tea", "5812",
            "S1", "Central",
        )  # fmt: skip
        return self.connector.pay(request).result

    def query(self) -> Result:
        return self.connector.query(partner_trans_id="TG1", amount=AMOUNT).result

    def cancel(self) -> tuple[Result, str | None]:
        outcome = self.connector.cancel(partner_trans_id="TG1")
        return outcome.result, outcome.cancel_action

    def refund(self, minor: int, refund_id: str = "R1", *, is_synchronous: bool = True) -> Result:
        money = Money(minor, "HKD")
        request = RefundRequest("TG1", refund_id, money, None, "", is_synchronous)
        return self.connector.refund(request).result

    def query_refund(self, refund_id: str = "R1") -> Result:
        return self.connector.query_refund(
            partner_trans_id="TG1", partner_refund_id=refund_id
        ).result


@pytest.fixture(params=["model", "sandbox"])
def side(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Side]:
    clock, far = ManualClock(NOON), SandboxClock(NOON)
    with using_clock(clock):
        if request.param == "model":
            yield _model(clock)
            return
        with serving(tmp_path, clock=far) as box, Till(box.url) as till:
            limit = CallLimit(2, 10)
            config = GatewayConfig(
                partner_id=PARTNER, sign_type=SignType.MD5, md5_key=KEY,
                primary_url=f"{box.url}/gateway.do", backup_url=None,
                limits=CallLimits(*[limit] * 5),
            )  # fmt: skip
            gateway = AlipayGateway(config)

            def wait(seconds: float) -> None:
                clock.advance(seconds)
                far.advance(seconds)

            def code(mood: Mood) -> str:
                return till.code(till.customer(asks_password=mood is Mood.IS_ASKED))

            def scan(qr_code: str) -> None:
                till.scan(till.customer(), qr_code, pays=False)

            yield Side(gateway, code, wait, scan)
            gateway.close()


def _model(clock: ManualClock) -> Side:
    alipay = Alipay()

    def code(mood: Mood) -> str:
        alipay.moods["code"] = mood
        return "code"

    return Side(alipay, code, clock.advance, alipay.scan)


def test_what_nobody_paid_is_missing_and_its_cancel_is_confirmed(side: Side) -> None:
    outcome = side.connector.query(partner_trans_id="TG1", amount=AMOUNT)
    assert (outcome.result, outcome.is_trade_missing) == (U, True)
    assert side.cancel() == (S, None)


def test_a_paid_trade_is_taken_back_once_and_every_repeat_says_so(side: Side) -> None:
    assert (side.pay(), side.query()) == (S, S)
    assert [side.cancel(), side.cancel(), side.query()] == [(S, "refund"), (S, "refund"), F]


def test_a_trade_that_waits_is_pending_and_a_cancel_closes_it(side: Side) -> None:
    assert side.pay(Mood.IS_ASKED) not in {S, F}
    assert [side.query(), side.cancel(), side.query()] == [P, (S, "close"), F]


def test_a_trade_that_waits_three_minutes_closes_itself(side: Side) -> None:
    side.pay(Mood.IS_ASKED)
    side.wait(181)
    assert side.query() is F


def test_the_cancel_window_ends_a_quarter_of_an_hour_after_the_day(side: Side) -> None:
    side.pay()
    side.wait(12 * 3600 + 15 * 60)
    assert [side.cancel(), side.query()] == [(F, None), S]


def test_parts_are_given_back_once_each_and_never_more_than_was_paid(side: Side) -> None:
    side.pay()
    assert [side.refund(400), side.refund(400), side.refund(601, "R2")] == [S, S, F]
    assert [side.cancel(), side.refund(600, "R3"), side.query()] == [(F, None), S, F]


def test_a_recorded_refund_is_pending_until_it_is_run(side: Side) -> None:
    side.pay()
    assert [side.refund(400, is_synchronous=False), side.query_refund()] == [P, P]
    side.wait(3)
    assert side.query_refund() is S
    assert side.query_refund("R2") is U


def test_a_code_that_nobody_scanned_is_no_trade_and_its_cancel_names_none(side: Side) -> None:
    side.present()
    outcome = side.connector.query(partner_trans_id="TG1", amount=AMOUNT)
    assert (outcome.result, outcome.is_trade_missing) == (U, True)
    assert side.cancel() == (S, None)


def test_a_scanned_code_is_a_trade_that_waits_and_a_cancel_closes_it(side: Side) -> None:
    side.scan(side.present())
    assert [side.query(), side.cancel(), side.query()] == [P, (S, "close"), F]
