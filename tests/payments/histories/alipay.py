"""Alipay in memory: its own truth of trades and money, and the faults of the way to it.

The rules are the barcode reference's (§2.5, 3.1, 3.3 to 3.5, 4), the contract suite compares them
with the sandbox's. Each call takes the next fault of ``weather``; without one it is answered.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from connectors.alipay.rules import (
    UNPAID_TRADE_SECONDS,
    cancel_window_closes_at,
    is_refund_blackout,
)
from connectors.base import (
    Outcome,
    PayRequest,
    PresentRequest,
    RefundRequest,
    Result,
    TradeFacts,
)
from kernel import clock
from kernel.money import Money
from tests.fakes import said

ARRIVES_WITHIN_SECONDS = 60  # no network holds a request longer
RECORDED_SECONDS = 2
CODE_ADDRESS = "https://qr.alipay.com/"


class Fault(StrEnum):
    """What happens to one call."""

    NONE = "none"
    ANSWER_LOST = "answer lost"  # after Alipay has acted
    REQUEST_LOST = "request lost"  # Alipay hears nothing
    SYSTEM_ERROR = "system error"  # Alipay says that it does not know
    LATE = "late"  # a pay that arrives when its caller has long given up
    DIED_BEFORE = "died before"  # our process ends before the call …
    DIED_AFTER = "died after"  # … or between the call and its answer


class Died(BaseException):
    """Our process was killed here: no code of ours may catch it."""


class Mood(StrEnum):
    """What the customer whose code was scanned does."""

    PAYS = "pays"
    IS_ASKED = "is asked"  # for the password: confirms, refuses, or does nothing
    CANNOT = "cannot"  # the code has expired


@dataclass
class Return:
    """One refund at Alipay."""

    amount: int
    recorded_at: datetime
    is_done: bool


@dataclass
class Presented:
    """An order whose code a till shows; no trade before somebody scans it."""

    amount: int
    over_at: datetime


@dataclass
class Trade:
    """One trade at Alipay, named by our ``partner_trans_id``."""

    number: str
    amount: int
    opened_at: datetime
    state: str = "WAIT_BUYER_PAY"
    taken: int = 0
    returns: dict[str, Return] = field(default_factory=dict)
    taken_back: int = 0  # by a cancel

    @property
    def held(self) -> int:
        """The customer's money that is with us, in minor units."""
        back = sum(each.amount for each in self.returns.values() if each.is_done)
        return self.taken - self.taken_back - back

    @property
    def promised(self) -> int:
        return sum(each.amount for each in self.returns.values())

    def take(self) -> None:
        """The customer has paid."""
        self.state, self.taken = "TRADE_SUCCESS", self.amount


@dataclass
class Alipay:
    """Stands as the connector. ``heard`` is told of each call before it leaves us."""

    heard: Callable[[str, str], None] = lambda kind, trans_id: None
    stops_unseen: bool = False  # does a cancel of an unknown id stop a later pay? (§3.3, open)
    moods: dict[str, Mood] = field(default_factory=dict)
    weather: deque[Fault] = field(default_factory=deque)
    meanwhile: deque[Callable[[], None]] = field(default_factory=deque)
    is_up: bool = True
    trades: dict[str, Trade] = field(default_factory=dict)
    presented: dict[str, Presented] = field(default_factory=dict)
    stopped: set[str] = field(default_factory=set)
    on_the_way: list[tuple[datetime, PayRequest]] = field(default_factory=list)
    pays_sent: list[str] = field(default_factory=list)

    # --- the connector ---

    def is_available(self) -> bool:
        return self.is_up

    def rests_until(self) -> None:
        """No breaker stands before it: who is down is asked all the same."""

    def pay(self, request: PayRequest) -> Outcome:
        """Charge a code, once."""
        self.pays_sent.append(request.partner_trans_id)
        if self.weather and self.weather[0] is Fault.LATE and self.is_up:
            self.heard("pay", request.partner_trans_id)
            self.weather.popleft()
            self.on_the_way.append((clock.now(), request))
            return said(Result.UNKNOWN)
        return self._carry("pay", request.partner_trans_id, lambda: self._pay(request))

    def present(self, request: PresentRequest) -> Outcome:
        """Make a code to show, once."""
        self.pays_sent.append(request.partner_trans_id)
        return self._carry("present", request.partner_trans_id, lambda: self._present(request))

    def query(self, *, partner_trans_id: str, amount: Money) -> Outcome:
        """The state of a trade."""
        return self._carry("query", partner_trans_id, lambda: self._query(partner_trans_id))

    def cancel(self, *, partner_trans_id: str) -> Outcome:
        """Stop it, or give it back."""
        return self._carry("cancel", partner_trans_id, lambda: self._cancel(partner_trans_id))

    def refund(self, request: RefundRequest) -> Outcome:
        """Give a part back."""
        return self._carry("refund", request.partner_trans_id, lambda: self._refund(request))

    def query_refund(self, *, partner_trans_id: str, partner_refund_id: str) -> Outcome:
        """The state of a refund."""
        return self._carry(
            "refund_query",
            partner_trans_id,
            lambda: self._query_refund(partner_trans_id, partner_refund_id),
        )

    def _carry(self, kind: str, trans_id: str, act: Callable[[], Outcome]) -> Outcome:
        self.heard(kind, trans_id)
        fault = self.weather.popleft() if self.weather else Fault.NONE
        if fault is Fault.DIED_BEFORE:
            raise Died
        if fault is Fault.REQUEST_LOST or not self.is_up:
            self._let_others_act()
            return said(Result.UNKNOWN)
        self.pass_time()
        answer = act()
        self._let_others_act()
        if fault is Fault.DIED_AFTER:
            raise Died
        if fault is Fault.ANSWER_LOST:
            return said(Result.UNKNOWN)
        return said(Result.UNKNOWN, "SYSTEM_ERROR") if fault is Fault.SYSTEM_ERROR else answer

    def _let_others_act(self) -> None:
        """What others do while this answer is on its way back to us."""
        if self.meanwhile:
            self.meanwhile.popleft()()

    # --- what Alipay does ---

    def _pay(self, request: PayRequest) -> Outcome:
        trans_id, mood = request.partner_trans_id, self.moods[request.payment_code]
        if trans_id in self.trades:
            return self._show_paid(self.trades[trans_id])
        if trans_id in self.stopped:
            return said(Result.FAILED, "TRADE_HAS_CLOSE", failure_code="payer_action_timeout")
        if mood is Mood.CANNOT:
            return said(Result.FAILED, "SOUNDWAVE_PARSER_FAIL", failure_code="payment_code_expired")
        trade = self._open(trans_id, request.amount.minor)
        if mood is Mood.PAYS:
            trade.take()
        return self._show_paid(trade)

    def _open(self, trans_id: str, amount: int) -> Trade:
        number = f"20261122220014009900{len(self.trades):08d}"
        self.trades[trans_id] = Trade(number, amount, clock.now())
        return self.trades[trans_id]

    def _present(self, request: PresentRequest) -> Outcome:
        minutes = -(-request.lifetime_seconds // 60)
        over_at = clock.now() + timedelta(minutes=minutes)
        trans_id = request.partner_trans_id
        self.presented[trans_id] = Presented(request.amount.minor, over_at)
        return said(Result.SUCCEEDED, "SUCCESS", qr_code=CODE_ADDRESS + trans_id)

    def _show_paid(self, trade: Trade) -> Outcome:
        facts = TradeFacts(scheme_transaction_id=trade.number)
        if trade.state == "TRADE_SUCCESS":
            return said(Result.SUCCEEDED, "SUCCESS", trade=facts)
        if trade.state == "TRADE_CLOSED":
            return said(Result.FAILED, "TRADE_CLOSED", trade=facts)
        return said(Result.PENDING, trade.state, trade=facts)

    def _query(self, trans_id: str) -> Outcome:
        trade = self.trades.get(trans_id)
        if trade is None:
            return said(Result.UNKNOWN, "TRADE_NOT_EXIST", is_trade_missing=True)
        return self._show_paid(trade)

    def _cancel(self, trans_id: str) -> Outcome:
        trade = self.trades.get(trans_id)
        if trade is None:
            if self.stops_unseen:
                self.stopped.add(trans_id)
            return said(Result.SUCCEEDED, "SUCCESS")
        if trade.state == "WAIT_BUYER_PAY":
            trade.state = "TRADE_CLOSED"
            return said(Result.SUCCEEDED, "SUCCESS", cancel_action="close")
        if trade.returns:
            return said(Result.FAILED, "REASON_TRADE_REFUND_FEE_ERR")
        if trade.state == "TRADE_CLOSED":
            action = "refund" if trade.taken else "close"
            return said(Result.SUCCEEDED, "SUCCESS", cancel_action=action)
        if clock.now() >= cancel_window_closes_at(trade.opened_at):
            return said(Result.FAILED, "TRADE_CANCEL_TIME_OUT")
        trade.taken_back, trade.state = trade.amount, "TRADE_CLOSED"
        return said(Result.SUCCEEDED, "SUCCESS", cancel_action="refund")

    def _refund(self, request: RefundRequest) -> Outcome:
        trade = self.trades.get(request.partner_trans_id)
        if trade is None:
            return said(Result.UNKNOWN, "TRADE_NOT_EXIST")
        known = trade.returns.get(request.partner_refund_id)
        if known is not None and known.amount != request.amount.minor:
            raise AssertionError("one refund id, two amounts")
        if known is None:
            if (refusal := self._refuse_refund(trade, request)) is not None:
                return refusal
            known = Return(request.amount.minor, clock.now(), is_done=False)
            trade.returns[request.partner_refund_id] = known
            if request.is_synchronous:
                self._give_back(trade, known)
        return said(Result.SUCCEEDED if request.is_synchronous else Result.PENDING, "SUCCESS")

    def _refuse_refund(self, trade: Trade, request: RefundRequest) -> Outcome | None:
        if request.is_synchronous and is_refund_blackout(clock.now()):
            return said(Result.UNKNOWN, "SYSTEM_ERROR")
        if trade.state != "TRADE_SUCCESS":
            return said(Result.UNKNOWN, "TRADE_STATUS_ERROR")
        if trade.promised + request.amount.minor > trade.amount:
            return said(
                Result.FAILED, "RETURN_AMOUNT_EXCEED", failure_code="refund_amount_exceeded"
            )
        return None

    def _query_refund(self, trans_id: str, refund_id: str) -> Outcome:
        trade = self.trades.get(trans_id)
        known = trade and trade.returns.get(refund_id)
        if not known:
            return said(Result.UNKNOWN, "NOT_FOUND", is_trade_missing=True)
        return said(Result.SUCCEEDED if known.is_done else Result.PENDING, "SUCCESS")

    def _give_back(self, trade: Trade, known: Return) -> None:
        known.is_done = True
        if all(each.is_done for each in trade.returns.values()) and trade.held == 0:
            trade.state = "TRADE_CLOSED"

    # --- what time and customers do ---

    def pass_time(self) -> None:
        """Whatever has become due by now: late pays arrive, trades close, refunds are run."""
        now = clock.now()
        late = [sent_at for sent_at, _ in self.on_the_way]
        if any(now - sent_at >= timedelta(seconds=ARRIVES_WITHIN_SECONDS) for sent_at in late):
            self.arrive()
        for trade in self.trades.values():
            is_old = now - trade.opened_at >= timedelta(seconds=UNPAID_TRADE_SECONDS)
            if trade.state == "WAIT_BUYER_PAY" and is_old:
                trade.state = "TRADE_CLOSED"
            for each in trade.returns.values():
                if now - each.recorded_at >= timedelta(seconds=RECORDED_SECONDS):
                    self._give_back(trade, each)

    def arrive(self) -> None:
        """Every pay that is on its way arrives; nobody hears the answer."""
        arrived, self.on_the_way = self.on_the_way, []
        for _, request in arrived:
            self._pay(request)

    def scan(self, qr_code: str) -> None:
        """A customer scans a till's code, if it still opens: from now on the trade waits."""
        self.pass_time()
        trans_id = qr_code.removeprefix(CODE_ADDRESS)
        order = self.presented[trans_id]
        is_open = clock.now() < order.over_at and trans_id not in self.stopped
        if is_open and trans_id not in self.trades:
            self._open(trans_id, order.amount)

    def confirm(self) -> None:
        """Each customer who is asked types the password."""
        self.pass_time()
        for trade in self.trades.values():
            if trade.state == "WAIT_BUYER_PAY":
                trade.take()

    def refuse(self) -> None:
        """Each customer who is asked says no: the trade is closed."""
        for trade in self.trades.values():
            if trade.state == "WAIT_BUYER_PAY":
                trade.state = "TRADE_CLOSED"
