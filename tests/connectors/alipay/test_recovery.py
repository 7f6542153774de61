"""An address that was left alone is found again: by harmless probes, whoever else works."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from connectors.alipay.config import CallLimit, CallLimits, GatewayConfig
from connectors.base import PayRequest, Result
from kernel.clock import ManualClock
from tests.connectors.alipay.stand_in import Call, Handler, StandIn, running_stand_in
from tests.connectors.alipay.test_breaker import (
    MISSING,
    clock,
    gateway_of,
    hang_up,
    query,
)
from tests.connectors.alipay.test_doubts import GENUINE

__all__ = ["clock"]
Probes = list[Callable[[], object]]


def run(probes: Probes) -> None:
    while probes:
        probes.pop()()


def test_the_first_address_is_used_again_though_the_backup_works(
    clock: ManualClock, config: GatewayConfig, stand_in: StandIn, pay_request: PayRequest
) -> None:
    stand_in.answer = hang_up
    probes: Probes = []
    with running_stand_in() as backup:
        backup.answer = GENUINE
        with gateway_of(replace(config, backup_url=backup.url), probes=probes) as gateway:
            for _ in range(3):
                gateway.pay(pay_request)
            stand_in.answer = GENUINE
            clock.advance(7.5)

            assert gateway.is_available()
            run(probes)
            gateway.pay(pay_request)

        # Three pays, the probe, the last pay; no customer's payment was used to try.
        assert len(stand_in.calls) == 5
        assert stand_in.calls[3].form["partner_trans_id"] == "tillgateprobe"
        assert backup.calls == []


def test_a_process_that_only_drives_finds_the_first_address_again_too(
    clock: ManualClock, config: GatewayConfig, stand_in: StandIn, pay_request: PayRequest
) -> None:
    stand_in.answer = hang_up
    probes: Probes = []
    with running_stand_in() as backup:
        backup.answer = MISSING
        with gateway_of(replace(config, backup_url=backup.url), probes=probes) as gateway:
            for _ in range(3):
                gateway.pay(pay_request)
            stand_in.answer = MISSING
            clock.advance(7.5)

            query(gateway)
            run(probes)
            query(gateway)

        assert (len(stand_in.calls), len(backup.calls)) == (5, 1)


def test_one_payment_in_doubt_tries_the_addresses_in_turn(
    clock: ManualClock, config: GatewayConfig, stand_in: StandIn
) -> None:
    stand_in.answer = hang_up
    with running_stand_in() as backup:
        backup.answer = hang_up
        with gateway_of(replace(config, backup_url=backup.url), probes=[]) as gateway:
            for _ in range(6):
                query(gateway)
            assert not gateway.is_available()
            backup.answer = MISSING
            for _ in range(2):
                clock.advance(7.5)
                query(gateway)

            assert gateway.is_available()


def test_many_who_ask_at_once_start_one_probe(
    clock: ManualClock, config: GatewayConfig, stand_in: StandIn
) -> None:
    stand_in.answer = hang_up
    probes: Probes = []
    with gateway_of(config, probes=probes) as gateway:
        for _ in range(3):
            query(gateway)
        clock.advance(7.5)

        assert [gateway.is_available() for _ in range(50)] == [False] * 50

    assert len(probes) == 1


def test_a_clock_that_is_set_back_does_not_prolong_the_pause(
    clock: ManualClock, config: GatewayConfig, stand_in: StandIn
) -> None:
    stand_in.answer = hang_up
    with gateway_of(config, probes=[]) as gateway:
        for _ in range(3):
            query(gateway)
        stand_in.answer = MISSING
        clock.advance(-3600)

        query(gateway)

        assert gateway.is_available()


def test_calls_from_before_that_fail_late_do_not_close_the_door_that_has_just_been_opened(
    clock: ManualClock, config: GatewayConfig, stand_in: StandIn
) -> None:
    with gateway_of(config, probes=[]) as gateway:
        [breaker] = gateway._http.breakers
        turns = [breaker.enter() for _ in range(6)]
        for turn in turns[:3]:
            breaker.record(turn, is_good=False)  # type: ignore[arg-type]
        clock.advance(7.5)
        stand_in.answer = MISSING
        query(gateway)
        for turn in turns[3:]:
            breaker.record(turn, is_good=False)  # type: ignore[arg-type]

        assert gateway.is_available()


def test_an_address_that_has_just_come_back_is_left_alone_at_its_next_failure(
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
        stand_in.answer = hang_up

        query(gateway)

        assert not gateway.is_available()


def test_after_a_blip_repeats_go_to_the_first_address_again(
    clock: ManualClock, config: GatewayConfig, stand_in: StandIn
) -> None:
    stand_in.answer = hang_up
    with running_stand_in() as backup:
        backup.answer = MISSING
        with gateway_of(replace(config, backup_url=backup.url)) as gateway:
            query(gateway)
            stand_in.answer = MISSING
            query(gateway)
            clock.advance(30)
            query(gateway)

        assert (len(stand_in.calls), len(backup.calls)) == (2, 1)


def _hang(handler: Handler, _: Call) -> None:
    handler.stand_in.stop.wait(20)


@pytest.mark.parametrize("answer", [_hang, None], ids=["hangs", "refuses"])
def test_addresses_that_hang_or_refuse_are_left_alone_and_then_asked_no_more(
    clock: ManualClock, config: GatewayConfig, stand_in: StandIn, answer: object
) -> None:
    with running_stand_in() as closed:
        pass
    short = CallLimits(*[CallLimit(2, 0.2)] * 5)
    stand_in.answer = answer or MISSING  # type: ignore[assignment]
    address = stand_in.url if answer else closed.url
    with gateway_of(replace(config, primary_url=address, limits=short), probes=[]) as gateway:
        results = [query(gateway) for _ in range(5)]

        assert results == [Result.UNKNOWN] * 5
        assert not gateway.is_available()
    assert len(stand_in.calls) == (3 if answer else 0)


def test_while_every_address_is_left_alone_it_says_until_when(
    clock: ManualClock, config: GatewayConfig, stand_in: StandIn, pay_request: PayRequest
) -> None:
    stand_in.answer = hang_up
    probes: Probes = []
    with running_stand_in() as backup:
        backup.answer = hang_up
        both = replace(config, backup_url=backup.url)
        with gateway_of(both, probes=probes) as gateway:
            assert gateway.rests_until() is None
            for _ in range(6):
                gateway.query(partner_trans_id="TG1", amount=pay_request.amount)
            first_end = gateway.rests_until()
            assert first_end is not None
            assert 5 <= (first_end - clock.now()).total_seconds() <= 7.5

            clock.advance(7.5)
            assert gateway.rests_until() is None  # the next call may be the trial
            gateway.is_available()  # starts a trial of each, which is on its way
            assert gateway.rests_until() == clock.now() + timedelta(seconds=1)

            stand_in.answer = MISSING
            run(probes)
            assert gateway.rests_until() is None
