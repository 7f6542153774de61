"""One history: the real services, told what to do, in front of an Alipay that forgets nothing."""

import itertools
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from uuid import UUID

from connectors.alipay.notification import InvalidNotification
from kernel.clock import ManualClock
from kernel.errors import Conflict, Unavailable
from kernel.money import Money
from merchants.authentication import Principal
from payments.models import Attempt, Payment, Refund
from payments.services.cancel import cancel_payment
from payments.services.create import create_payment
from payments.services.drive import drive_payment
from payments.services.drive_refund import drive_refund
from payments.services.notice import receive_notification
from payments.services.order import PaymentOrder
from payments.services.refund import RefundOrder, create_refund
from sandbox.signing import sign, signed_text
from tenancy.scope import Scope, platform_scope, tenant_scope
from tests.factories.merchants import MD5_KEY
from tests.payments.histories.alipay import Alipay, Died, Mood
from tests.people import Person

Row = tuple[datetime, UUID, str]
_STALLED_SECONDS = 20  # no process of ours holds a scanned code longer before it is sent
_END_LIMIT = 400


class World:
    """A till, workers, customers and Alipay. Every method is one thing that can happen."""

    def __init__(self, person: Person, principal: Principal, clock: ManualClock) -> None:
        self.person, self.principal, self.clock = person, principal, clock
        self.alipay = Alipay(heard=self._check_attempt)
        self.orders: list[PaymentOrder] = []
        self.work: list[tuple[datetime, Callable[[], None]]] = []
        self._numbers = itertools.count(1)

    def defer(self, work: Callable[[], None]) -> None:
        """Stands where background work starts: it begins when the history says so."""
        self.work.append((self.clock.now(), work))

    # --- the till ---

    def order(self, minor: int, mood: Mood) -> PaymentOrder:
        """A new order of a customer who will do ``mood``."""
        number = next(self._numbers)
        code = f"28{number:016d}"
        self.alipay.moods[code] = mood
        order = PaymentOrder(Money(minor, "HKD"), code, f"T-{number}", self.person.store.id)
        self.orders.append(order)
        return order

    def order_to_show(self, minor: int, timeout_seconds: int | None) -> PaymentOrder:
        """A new order whose code the till shows."""
        reference = f"T-{next(self._numbers)}"
        order = PaymentOrder(
            Money(minor, "HKD"), None, reference, self.person.store.id,
            timeout_seconds=timeout_seconds,
        )  # fmt: skip
        self.orders.append(order)
        return order

    def create(self, order: PaymentOrder) -> None:
        """POST /v1/payments."""
        with self._till():
            try:
                create_payment(self.principal, order)
            except Unavailable:
                if self.alipay.is_up:
                    raise
                if not Payment.objects.filter(merchant_reference=order.merchant_reference).exists():
                    self.orders.remove(order)

    def cancel(self, number: int) -> None:
        """POST …/cancel."""
        with self._till():
            payment = self._payment(number)
            if payment is not None:
                try:
                    cancel_payment(self.principal, payment)
                except Conflict:
                    return

    def refund(self, number: int, minor: int | None, reference: str | None) -> None:
        """POST …/refunds."""
        with self._till():
            payment = self._payment(number)
            if payment is not None:
                try:
                    create_refund(self.principal, payment.id, RefundOrder(minor, reference, None))
                except Conflict:
                    return

    def _till(self) -> AbstractContextManager[Scope]:
        return tenant_scope(self.principal.acquirer_id, self.principal.merchant_id)

    def _payment(self, number: int) -> Payment | None:
        return Payment.objects.filter(merchant_reference=f"T-{number}").first()

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

    def drive_due(self) -> int:
        """Workers take every row that is due, as the sweep hands them out."""
        rows = [row for row in self.list_due() if row[0] <= self.clock.now()]
        for _, row_id, kind in rows:
            drive = drive_payment if kind == "payment" else drive_refund
            self.alive(
                lambda drive=drive, row_id=row_id: drive(
                    row_id, acquirer_id=self.principal.acquirer_id
                )
            )
        return len(rows)

    def list_due(self) -> list[Row]:
        """Every row that is owed work, soonest first."""
        with platform_scope():
            rows: list[Row] = [
                *(
                    (due_at, row_id, "payment")
                    for due_at, row_id in Payment.objects.filter(due_at__isnull=False).values_list(
                        "due_at", "id"
                    )
                ),
                *(
                    (due_at, row_id, "refund")
                    for due_at, row_id in Refund.objects.filter(due_at__isnull=False).values_list(
                        "due_at", "id"
                    )
                ),
            ]
        return sorted(rows)

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
        with self._till():
            payment = self._payment(number)
        if payment and payment.qr_code:
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
        try:
            receive_notification(self.person.partner_account.id, signed)
        except InvalidNotification:
            assert is_forged

    def settle(self) -> None:
        """The weather clears, and everybody works until nothing is owed."""
        self.alipay.is_up = True
        self.alipay.weather.clear()
        self.alipay.meanwhile.clear()
        while self.work:
            self.run_work()
        for _ in range(_END_LIMIT):
            due = self.list_due()
            if not due and not self.alipay.on_the_way:
                return
            wait = (due[0][0] - self.clock.now()).total_seconds() if due else 60
            self.advance(max(0.0, wait))
            self.drive_due()
        raise AssertionError(f"still due after {_END_LIMIT} rounds: {self.list_due()}")

    def _check_attempt(self, kind: str, trans_id: str) -> None:
        """Law 1: the payment and this very attempt are in the database before the call."""
        with platform_scope():
            is_there = Attempt.objects.filter(
                payment__partner_trans_id=trans_id, kind=kind, answered_at=None
            ).exists()
        assert is_there, f"{kind} of {trans_id} left us without an attempt"
