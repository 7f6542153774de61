"""The state tables: every pair is in the table or refused, and an end stays an end."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.state import (
    CONTRADICTIONS,
    ENDED,
    PUBLIC,
    REFUND_TRANSITIONS,
    TRANSITIONS,
    Event,
    IllegalTransition,
    RefundEvent,
    RefundStatus,
    Status,
    next_refund_status,
    next_status,
)


@pytest.mark.parametrize(("status", "event"), list(product(Status, Event)))
def test_a_pair_is_in_the_table_or_refused(status: Status, event: Event) -> None:
    if (status, event) in TRANSITIONS:
        assert next_status(status, event) is TRANSITIONS[status, event]
    else:
        with pytest.raises(IllegalTransition, match=status.value):
            next_status(status, event)


@pytest.mark.parametrize(("status", "event"), list(product(RefundStatus, RefundEvent)))
def test_a_refund_pair_is_in_the_table_or_refused(status: RefundStatus, event: RefundEvent) -> None:
    if (status, event) in REFUND_TRANSITIONS:
        assert next_refund_status(status, event) is REFUND_TRANSITIONS[status, event]
    else:
        with pytest.raises(IllegalTransition, match=status.value):
            next_refund_status(status, event)


def test_every_status_has_a_public_word() -> None:
    assert set(PUBLIC) == set(Status)
    assert set(PUBLIC.values()) == {"processing", "succeeded", "failed", "canceled"}


def test_only_the_merchant_can_lead_a_payment_out_of_its_end() -> None:
    ways_out = {
        (status, event, new)
        for (status, event), new in TRANSITIONS.items()
        if status in ENDED and new is not status
    }

    assert ways_out == {(Status.SUCCEEDED, Event.CANCEL_REQUESTED, Status.TAKING_BACK)}


def test_money_that_contradicts_an_end_never_changes_the_end() -> None:
    assert set(CONTRADICTIONS) == {
        (Status.FAILED, Event.PAID),
        (Status.CANCELED, Event.PAID),
        (Status.SUCCEEDED, Event.CLOSED),
    }
    assert all(TRANSITIONS[status, event] is status for status, event in CONTRADICTIONS)


def test_a_payment_that_is_to_be_stopped_never_becomes_succeeded() -> None:
    for status in (Status.CANCELING, Status.REVERSING):
        reached = {new for (old, _), new in TRANSITIONS.items() if old is status}

        assert Status.SUCCEEDED not in reached


@given(st.lists(st.sampled_from(list(Event)), max_size=30))
def test_whatever_happens_a_failed_or_canceled_payment_stays_so(events: list[Event]) -> None:
    status, ended = Status.PROCESSING, None
    for event in events:
        try:
            status = next_status(status, event)
        except IllegalTransition:
            continue
        if status in {Status.FAILED, Status.CANCELED}:
            ended = ended or status

    assert ended is None or status is ended
