"""One history: the real services, told what to do, in front of an Alipay that forgets nothing."""

import itertools
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from api.idempotency import RequestKey, fingerprint
from connectors.alipay.notification import InvalidNotification
from kernel.clock import ManualClock
from kernel.errors import Conflict, Unavailable
from kernel.money import Money
from merchants.authentication import Principal
from payments import schedule
from payments.models import Payment
from payments.services.cancel import cancel_payment
from payments.services.create import create_payment
from payments.services.drive import drive_payment
from payments.services.drive_refund import drive_refund
from payments.services.notice import receive_notification
from payments.services.order import PaymentOrder
from payments.services.refund import RefundOrder, create_refund
from sandbox.signing import sign, signed_text
from tenancy.scope import Scope, tenant_scope
from tests.factories.merchants import MD5_KEY
from tests.payments.histories.alipay import Alipay, Died, Mood
from tests.payments.histories.rows import Due, Rows
from tests.people import Person

_STALLED_SECONDS = 20  # no process of ours holds a scanned code longer before it is sent
_END_LIMIT = 400


class World:
    """A till, workers, customers and Alipay. Every method is one thing that can happen."""

    def __init__(
        self, person: Person, principal: Principal, clock: ManualClock, rows: Rows
    ) -> None:
        self.person, self.principal, self.clock, self.rows = person, principal, clock, rows
        self.alipay = Alipay(heard=self._check_attempt)
        self.orders: list[PaymentOrder] = []
        self.work: list[tuple[datetime, Callable[[], None]]] = []
        self._numbers = itertools.count(1)
        self._notified: list[dict[str, str]] = []

    def defer(self, work: Callable[[], None]) -> None:
        """Stands where background work starts: it begins when the history says so."""
        self.work.append((self.clock.now(), work))

    # --- the till ---

    def order(self, minor: int, mood: Mood, *, has_key: bool = False) -> PaymentOrder:
        """A new order of a customer who will do ``mood``."""
        number = next(self._numbers)
        code = f"28{number:016d}"
        self.alipay.moods[code] = mood
        return self._keep(minor, code, f"T-{len(self.orders) + 1}", None, has_key)

    def order_to_show(
        self, minor: int, timeout_seconds: int | None, *, has_key: bool = False
    ) -> PaymentOrder:
        """A new order whose code the till shows."""
        reference = f"T-{len(self.orders) + 1}"
        return self._keep(minor, None, reference, timeout_seconds, has_key)

    def _keep(
        self, minor: int, code: str | None, reference: str, timeout: int | None, has_key: bool
    ) -> PaymentOrder:
        key = self.key(reference, [minor, code, timeout]) if has_key else None
        order = PaymentOrder(
            Money(minor, "HKD"), code, reference, self.person.store.id,
            timeout_seconds=timeout, idempotency_key=key,
        )  # fmt: skip
        self.orders.append(order)
        return order

    def key(self, name: str, content: object) -> RequestKey:
        """The Idempotency-Key ``name`` on a request that says ``content``."""
        caller = self.principal
        said = fingerprint("POST", "/", content)
        return RequestKey(caller.acquirer_id, caller.merchant_id, caller.livemode, name, said)

    def create(self, order: PaymentOrder) -> None:
        """POST /v1/payments."""
        with self._till():
            try:
                create_payment(self.principal, order)
            except Unavailable:
                if self.alipay.is_up:
                    raise
                if self.rows.find(order.merchant_reference) is None:
                    self.orders.remove(order)

    def reuse(self, number: int) -> None:
        """The reference, and the key, of an order that Alipay may know, with another amount."""
        order = self.orders[number - 1]
        other = replace(order, amount=Money(order.amount.minor + 1, "HKD"))
        if order.idempotency_key is not None:
            key = self.key(order.idempotency_key.key, ["another amount"])
            other = replace(other, idempotency_key=key)
        with self._till(), pytest.raises(Conflict, match=r"other|another|differ"):
            create_payment(self.principal, other)

    def cancel(self, number: int) -> None:
        """POST …/cancel."""
        with self._till():
            payment = self._payment(number)
            if payment is not None:
                try:
                    cancel_payment(self.principal, payment)
                except Conflict:
                    return

    def refund(
        self, number: int, minor: int | None, reference: str | None, key: str | None = None
    ) -> None:
        """POST …/refunds."""
        request_key = key and self.key(key, [number, minor, reference])
        order = RefundOrder(minor, reference, None, request_key or None)
        with self._till():
            payment = self._payment(number)
            if payment is not None:
                try:
                    create_refund(self.principal, payment.id, order)
                except Conflict:
                    return

    def _till(self) -> AbstractContextManager[Scope]:
        return tenant_scope(self.principal.acquirer_id, self.principal.merchant_id)

    def _payment(self, number: int) -> Payment | None:
        return self.rows.find(f"T-{number}")

    # --- our processes ---

    def run_work(self, index: int = 0) -> None:
        """One background job begins, and is carried to its end or its process's."""
        if self.work:
            _, work = self.work.pop(index % len(self.work))
            self.alive(work)

    def lose_work(self) -> None:
        """The process dies with everything that it was about to do."""
        self.work.clear()

    def alive(self, work: Callable[[], None]) -> None:
        """Do ``work`` as a process that may be killed in it: what it committed stays."""
        try:
            work()
        except Died:
            return

    def drive_due(self) -> None:
        """Workers take every row that is due, as the sweep hands them out."""
        rows = [row for row in self.rows.list_due() if row.at <= self.clock.now()]
        self._drive(rows)

    def _drive(self, rows: Sequence[Due]) -> None:
        for _, row_id, kind, _ in rows:
            drive = drive_payment if kind == "payment" else drive_refund
            self.alive(
                lambda drive=drive, row_id=row_id: drive(
                    row_id, acquirer_id=self.principal.acquirer_id
                )
            )

    # --- the world ---

    def advance(self, seconds: float) -> None:
        """Time passes; code that was scanned is on its way before it is too old."""
        limit = self.clock.now() + timedelta(seconds=seconds - _STALLED_SECONDS)
        while self.work and self.work[0][0] <= limit:
            self.run_work()
        self.clock.advance(seconds)
        self.alipay.pass_time()

    def scan(self, number: int) -> None:
        """A customer scans what the till shows, or has shown: people are slow, screens too."""
        payment = self._payment(number)
        if payment is not None and payment.qr_code is not None:
            self.alipay.scan(payment.qr_code)

    def notify(self, number: int, state: str, *, is_forged: bool) -> None:
        """Alipay, or somebody who pretends to be it, tells of a trade; "now" is the truth."""
        with self._till():
            payment = self._payment(number)
        trade = payment and self.alipay.trades.get(payment.partner_trans_id)
        if not payment or not trade:
            return
        fields = {
            "notify_id": f"n{next(self._numbers)}",
            "notify_type": "trade_status_sync",
            "notify_action_type": "payByAccountAction",
            "out_trade_no": payment.partner_trans_id,
            "trade_no": trade.number,
            "trade_status": trade.state if state == "now" else state,
            "total_fee": f"{trade.amount // 100}.{trade.amount % 100:02d}",
            "currency": "HKD",
            "seller_id": self.person.partner_account.partner_id,
        }
        key = "x" * 32 if is_forged else MD5_KEY
        signature = sign(signed_text(fields), "MD5", private_pem="", md5_key=key)
        signed = fields | {"sign_type": "MD5", "sign": signature}
        if not is_forged:
            self._notified.append(signed)
        try:
            receive_notification(self.person.partner_account.id, signed)
        except InvalidNotification:
            assert is_forged

    def notify_again(self) -> None:
        """Alipay tells what it has told before, under the same id."""
        for signed in self._notified:
            receive_notification(self.person.partner_account.id, signed)

    def settle(self) -> None:
        """The weather clears, and everybody works until nothing is owed."""
        self.alipay.is_up = True
        self.alipay.weather.clear()
        self.alipay.meanwhile.clear()
        while self.work:
            self.run_work()
        for _ in range(_END_LIMIT):
            due = self.rows.list_due()
            if not due and not self.alipay.on_the_way:
                return
            self.advance(self._until_due(due))
            self._drive([row for row in due if row.at <= self.clock.now()])
        raise AssertionError(f"still due after {_END_LIMIT} rounds: {self.rows.list_due()}")

    def _until_due(self, due: Sequence[Due]) -> float:
        """Seconds; ends that are only checked once more are checked late, and then for good."""
        if not due or all(is_ended for *_, is_ended in due):
            return schedule.VERIFY_SECONDS + 1
        return max(0.0, (due[0].at - self.clock.now()).total_seconds())

    def _check_attempt(self, kind: str, trans_id: str) -> None:
        """Law 1: the payment and this very attempt are in the database before the call."""
        is_there = self.rows.has_unanswered(trans_id, kind)
        assert is_there, f"{kind} of {trans_id} left us without an attempt"
