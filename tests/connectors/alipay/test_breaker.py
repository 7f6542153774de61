"""An address that fails again and again is left alone, tried now and then, and used again."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from structlog.testing import capture_logs

from connectors.alipay.breaker import Breaker, BreakerLimits, State
from connectors.alipay.config import GatewayConfig
from connectors.alipay.gateway import AlipayGateway
from connectors.base import PayRequest, Result
from kernel.clock import ManualClock, using_clock
from kernel.money import Money
from tests.connectors.alipay.stand_in import Call, Handler, StandIn, accepted, running_stand_in
from tests.connectors.alipay.test_doubts import GENUINE

LIMITS = BreakerLimits(failures=3, pause_seconds=5)
HKD = Money(12050, "HKD")
MISSING = accepted({"result_code": "FAIL", "error": "TRADE_NOT_EXIST"})


@pytest.fixture
def clock() -> Iterator[ManualClock]:
    manual = ManualClock(datetime(2026, 11, 22, 6, 30, 5, tzinfo=UTC))
    with using_clock(manual):
        yield manual


def failing(times: int, chance: float = 0.0) -> Breaker:
    breaker = Breaker("http://alipay", LIMITS, chance=lambda: chance)
    for _ in range(times):
        fail(breaker, breaker.enter())
    return breaker


def fail(breaker: Breaker, turn: int | None) -> None:
    assert turn is not None
    breaker.record(turn, is_good=False)


def answer_well(breaker: Breaker, turn: int | None) -> None:
    assert turn is not None
    breaker.record(turn, is_good=True)


def test_it_opens_at_the_failure_that_is_one_too_many(clock: ManualClock) -> None:
    assert failing(2).state is State.CLOSED
    assert failing(3).state is State.OPEN


def test_a_good_call_in_between_starts_the_count_anew(clock: ManualClock) -> None:
    breaker = failing(2)
    answer_well(breaker, breaker.enter())
    fail(breaker, breaker.enter())
    fail(breaker, breaker.enter())

    assert breaker.state is State.CLOSED


def test_nobody_calls_during_the_pause_and_one_at_a_time_after_it(clock: ManualClock) -> None:
    breaker = failing(3)
    clock.advance(4.999)
    assert (breaker.enter(), breaker.try_out()) == (None, None)
    clock.advance(0.001)

    trial = breaker.try_out()

    assert breaker.state is State.TRYING
    assert (breaker.enter(), breaker.try_out()) == (None, None)
    answer_well(breaker, trial)
    assert breaker.state is State.CLOSED
    assert breaker.enter() is not None


def test_who_asks_for_a_trial_of_an_address_that_works_gets_none(clock: ManualClock) -> None:
    assert failing(2).try_out() is None


def test_a_trial_that_fails_opens_it_for_another_pause(clock: ManualClock) -> None:
    breaker = failing(3)
    clock.advance(5)
    fail(breaker, breaker.try_out())

    assert breaker.state is State.OPEN
    clock.advance(4.9)
    assert breaker.try_out() is None
    clock.advance(0.1)
    assert breaker.try_out() is not None


def test_chance_lengthens_the_pause_so_that_processes_come_back_apart(clock: ManualClock) -> None:
    breaker = failing(3, chance=1.0)
    clock.advance(7.4)
    assert breaker.try_out() is None
    clock.advance(0.1)
    assert breaker.try_out() is not None


def test_a_trial_whose_caller_died_does_not_keep_it_open_for_ever(clock: ManualClock) -> None:
    breaker = failing(3)
    clock.advance(5)
    lost = breaker.try_out()
    clock.advance(30)
    second = breaker.try_out()

    assert second is not None
    fail(breaker, lost)  # it was only slow: the second trial is the one that counts
    assert breaker.state is State.TRYING


def test_late_failures_of_calls_from_before_do_not_lengthen_the_pause(clock: ManualClock) -> None:
    breaker = Breaker("http://alipay", LIMITS, chance=lambda: 0.0)
    slow = breaker.enter()
    for _ in range(3):
        fail(breaker, breaker.enter())
    clock.advance(4)
    fail(breaker, slow)
    clock.advance(1)

    trial = breaker.try_out()
    assert trial is not None
    fail(breaker, slow)  # nor do they end a trial
    assert breaker.state is State.TRYING


def test_a_late_answer_to_a_call_from_before_shows_that_the_address_works(
    clock: ManualClock,
) -> None:
    breaker = Breaker("http://alipay", LIMITS)
    slow = breaker.enter()
    for _ in range(3):
        fail(breaker, breaker.enter())

    answer_well(breaker, slow)

    assert breaker.state is State.CLOSED


def test_opening_and_closing_are_told_once_each(clock: ManualClock) -> None:
    with capture_logs() as said:
        breaker = failing(3)
        clock.advance(5)
        fail(breaker, breaker.try_out())
        clock.advance(5)
        answer_well(breaker, breaker.try_out())

    assert said == [
        {
            "event": "gateway_address_left_alone", "log_level": "error",
            "address": "http://alipay", "failures": 3,
        },
        {
            "event": "gateway_address_answers_again", "log_level": "warning",
            "address": "http://alipay",
        },
    ]  # fmt: skip


def hang_up(handler: Handler, _: Call) -> None:
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)


def _fail(handler: Handler, _: Call) -> None:
    handler.reply(b"<html>Bad gateway</html>", status=502)


@contextmanager
def gateway_of(
    config: GatewayConfig, *, probes: list[Callable[[], object]] | None = None
) -> Iterator[AlipayGateway]:
    def keep(work: Callable[[], object]) -> None:
        assert probes is not None
        probes.append(work)

    gateway = AlipayGateway(replace(config, breaker=LIMITS), in_background=keep)
    try:
        yield gateway
    finally:
        gateway.close()


def query(gateway: AlipayGateway) -> Result:
    return gateway.query(partner_trans_id="TG1", amount=HKD).result


@pytest.mark.parametrize("answer", [hang_up, _fail, b"<html>Maintenance</html>", b""])
def test_what_no_gateway_says_counts_as_a_failure(
    clock: ManualClock, config: GatewayConfig, stand_in: StandIn, answer: object
) -> None:
    stand_in.answer = answer  # type: ignore[assignment]
    with gateway_of(config, probes=[]) as gateway:
        for _ in range(5):
            assert query(gateway) is Result.UNKNOWN

        assert len(stand_in.calls) == 3
        assert not gateway.is_available()


def test_what_alipay_says_is_an_answer_also_if_it_is_no(
    clock: ManualClock, config: GatewayConfig, stand_in: StandIn
) -> None:
    stand_in.answer = MISSING
    with gateway_of(config) as gateway:
        for _ in range(5):
            query(gateway)

        assert len(stand_in.calls) == 5
        assert gateway.is_available()


def test_while_the_first_address_is_left_alone_payments_go_to_the_backup(
    clock: ManualClock, config: GatewayConfig, stand_in: StandIn, pay_request: PayRequest
) -> None:
    stand_in.answer = hang_up
    with running_stand_in() as backup:
        backup.answer = GENUINE
        with gateway_of(replace(config, backup_url=backup.url)) as gateway:
            outcomes = [gateway.pay(pay_request).result for _ in range(5)]

            assert gateway.is_available()
        # Three went to the first and stay in doubt: what was sent is never sent elsewhere.
        assert outcomes == [Result.UNKNOWN] * 3 + [Result.SUCCEEDED] * 2
        assert (len(stand_in.calls), len(backup.calls)) == (3, 2)


def test_a_repeat_goes_to_the_other_address_as_soon_as_the_first_has_failed(
    clock: ManualClock, config: GatewayConfig, stand_in: StandIn
) -> None:
    stand_in.answer = hang_up
    with running_stand_in() as backup:
        backup.answer = MISSING
        with gateway_of(replace(config, backup_url=backup.url)) as gateway:
            query(gateway)
            query(gateway)

        assert (len(stand_in.calls), len(backup.calls)) == (1, 1)


def test_a_pay_never_tries_an_address_that_is_left_alone(
    clock: ManualClock, config: GatewayConfig, stand_in: StandIn, pay_request: PayRequest
) -> None:
    stand_in.answer = hang_up
    with gateway_of(config, probes=[]) as gateway:
        for _ in range(3):
            query(gateway)
        clock.advance(60)

        outcome = gateway.pay(pay_request)

    assert (outcome.result, outcome.evidence.was_sent) == (Result.UNKNOWN, False)
    assert outcome.evidence.error == "every address is left alone after failing"
    assert len(stand_in.calls) == 3


def test_one_harmless_query_finds_out_that_it_is_over(
    clock: ManualClock, config: GatewayConfig, stand_in: StandIn
) -> None:
    stand_in.answer = hang_up
    probes: list[Callable[[], object]] = []
    with gateway_of(config, probes=probes) as gateway:
        for _ in range(3):
            query(gateway)
        assert not gateway.is_available()
        assert probes == []  # not before the pause is over
        clock.advance(7.5)
        stand_in.answer = MISSING

        assert not gateway.is_available()  # the one who asks is not made to wait
        assert len(probes) == 1
        for probe in probes:
            probe()

        assert gateway.is_available()
    assert len(stand_in.calls) == 4
    assert stand_in.calls[-1].form["partner_trans_id"] == "tillgateprobe"
    assert stand_in.calls[-1].parameters["service"] == "alipay.acquire.overseas.query"


def test_payments_in_doubt_bring_it_back_too(
    clock: ManualClock, config: GatewayConfig, stand_in: StandIn
) -> None:
    stand_in.answer = hang_up
    with gateway_of(config, probes=[]) as gateway:
        for _ in range(3):
            query(gateway)
        clock.advance(7.5)
        stand_in.answer = MISSING

        query(gateway)

        assert gateway.is_available()
