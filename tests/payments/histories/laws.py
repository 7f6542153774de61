"""The laws of the money as statements about a history: after each step, and at its end."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, NamedTuple
from uuid import UUID

from payments.models import Payment, Refund
from payments.presentation import show_payment, show_refund
from payments.services.consequences import PUBLIC_EVENTS
from payments.state import (
    ENDED,
    PUBLIC,
    REFUND_TRANSITIONS,
    TRANSITIONS,
    RefundEvent,
    RefundStatus,
    Status,
)
from payments.state import Event as News
from tests.payments.histories.alipay import Trade
from tests.payments.histories.rows import Row, Seen, as_model
from tests.payments.histories.world import World

_AFTER = {  # what the public status of a payment may become
    "processing": {"processing", "succeeded", "failed", "canceled"},
    "succeeded": {"succeeded", "processing", "canceled"},
    "failed": {"failed"},
    "canceled": {"canceled"},
}


class Step(NamedTuple):
    """A change of a status, as the history has it."""

    payment_id: UUID
    refund_id: UUID | None
    from_status: str
    event: str
    to_status: str


class Laws:
    """Remembers what was public, so that an end can be seen to stay."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._was: dict[str, str] = {}

    def hold(self) -> list[Seen]:
        """After every step; gives what was looked at."""
        payments = self.world.rows.look()
        for seen in payments:
            self._hold_one(seen)
        sent = Counter(self.world.alipay.pays_sent)
        assert all(count == 1 for count in sent.values()), "law 2: a pay or precreate is sent once"
        return payments

    def _hold_one(self, seen: Seen) -> None:
        now = PUBLIC[Status(seen.status)]
        before = self._was.get(seen.name, "processing")
        assert now in _AFTER[before], f"law 5: {before} became {now}"
        self._was[seen.name] = now
        assert (now != "processing") == (seen.status in ENDED)
        assert now != "processing" or seen.due_at is not None, "law 7: in doubt, and nobody owes"
        trade = self.world.alipay.trades.get(seen.name)
        assert now != "succeeded" or (trade and trade.taken == seen.amount), "law 4"
        if now == "succeeded" and trade:
            assert trade.taken_back == 0, "law 4: succeeded, and a cancel gave the money back"
            assert seen.refunded <= trade.amount - trade.held or _has_recorded(trade)

    def hold_at_the_end(self) -> Counter[str]:
        """When nothing is owed any more: our book is Alipay's. Gives what the history reached."""
        self.hold()
        self.world.rows.check()
        book = self.world.rows.dump()
        payments = [as_model(Payment, row) for row in book["payments_payment"]]
        refunds = [as_model(Refund, row) for row in book["payments_refund"]]
        for payment in payments:
            self._balance(payment, [r for r in refunds if r.payment_id == payment.id])
        changes = [
            Step(*(row[name] for name in Step._fields)) for row in book["payments_transition"]
        ]
        self._history(payments, refunds, changes)
        sent = [row for row in book["payments_attempt"] if row["kind"] in {"pay", "present"}]
        assert len(sent) == len(payments), "law 2: a pay or precreate is sent once"
        _events(payments, refunds, changes, book["events_event"])
        self._ledger()
        return Counter(_reached(payments, refunds, book["payments_break"]))

    def _balance(self, payment: Payment, refunds: list[Refund]) -> None:
        assert payment.has_ended, payment.status
        assert payment.due_at is None
        trade = self.world.alipay.trades.get(payment.partner_trans_id)
        held = trade.held if trade else 0
        done = sum(r.amount_minor for r in refunds if r.status == "succeeded")
        assert all(r.has_ended and r.due_at is None for r in refunds)
        assert payment.refunded_minor == payment.refund_reserved_minor == done
        assert done <= payment.amount_minor
        ours = payment.amount_minor - done if payment.status == Status.SUCCEEDED else 0
        assert ours == held, f"law 5: {payment.status}, our book {ours}, Alipay {held}"

    def _history(self, payments: list[Payment], refunds: list[Refund], changes: list[Step]) -> None:
        steps: dict[object, list[Step]] = defaultdict(list)
        for step in changes:
            steps[step.refund_id or step.payment_id].append(step)
        for payment in payments:
            chain = steps[payment.id]
            assert chain[0].from_status == Status.PROCESSING
            assert chain[-1].to_status == payment.status
            assert all(a.to_status == b.from_status for a, b in pairwise(chain))
            for step in chain:
                pair = Status(step.from_status), News(step.event)
                assert TRANSITIONS[pair] == step.to_status
        for refund in refunds:
            (step,) = steps[refund.id]
            moved = RefundStatus(step.from_status), RefundEvent(step.event)
            assert REFUND_TRANSITIONS[moved] == step.to_status == refund.status
        orders = {order.merchant_reference for order in self.world.orders}
        assert {p.merchant_reference for p in payments} == orders, "law 6: one order, one payment"

    def _ledger(self) -> None:
        held = sum(trade.held for trade in self.world.alipay.trades.values())
        sums = self.world.rows.sums()
        assert sums.get("scheme_receivable", 0) == held, "law 9: the ledger is not Alipay's money"
        assert sums.get("merchant_payable", 0) == -held


def _reached(payments: list[Payment], refunds: list[Refund], breaks: list[Row]) -> Iterator[str]:
    for payment in payments:
        yield f"{payment.mode} {payment.status}"
    for refund in refunds:
        yield f"refund {refund.status}"
    for row in breaks:
        yield f"break {row['kind']}"


def _has_recorded(trade: Trade) -> bool:
    return any(not each.is_done for each in trade.returns.values())


def _events(
    payments: list[Payment], refunds: list[Refund], changes: list[Step], events: list[Row]
) -> None:
    """One event for each public change, and the last one says what the row says."""
    told: dict[object, list[Row]] = defaultdict(list)
    for event in events:
        if not event["type"].startswith("break."):
            told[event["object_id"]].append(event)
    expected: Counter[object] = Counter()
    for step in changes:
        if step.refund_id is not None:
            continue
        kind = PUBLIC_EVENTS.get((Status(step.from_status), Status(step.to_status)))
        expected[step.payment_id] += kind is not None
    for payment in payments:
        assert len(told[payment.id]) == expected[payment.id] > 0
        assert _decided(told[payment.id][-1]["payload"]) == _decided(show_payment(payment))
    for refund in refunds:
        (event,) = told[refund.id]
        assert event["payload"] == show_refund(refund)


# The sum of refunds has events of its own.
_LEARNED_LATER = ("amount_refunded",)


def _decided(shown: dict[str, Any]) -> dict[str, Any]:
    """The payment object without what has events of its own."""
    return {name: value for name, value in shown.items() if name not in _LEARNED_LATER}
