"""A scheme that answers what the test tells it to, and remembers what it was asked."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from connectors.base import (
    Evidence,
    Outcome,
    PayRequest,
    PresentRequest,
    RefundRequest,
    Result,
    StoreRegistration,
    TradeFacts,
)
from kernel.money import Money

Answer = Outcome | Callable[[], Outcome]


def said(result: Result, code: str | None = None, **rest: Any) -> Outcome:
    """An outcome with the least evidence."""
    return Outcome(result, code, Evidence("http://scheme", "test", {}, None, 200, 1), **rest)


PAID = said(
    Result.SUCCEEDED,
    "SUCCESS",
    trade=TradeFacts(
        scheme_transaction_id="2026112222001400990000000042",
        payer_account="159****5620",
        payer_amount=Money(10870, "CNY"),
        exchange_rate="0.90207000",
        wallet="alipay",
    ),
)
DECLINED = said(Result.FAILED, "SOUNDWAVE_PARSER_FAIL", failure_code="payment_code_expired")
QR_CODE = "https://qr.alipay.com/bax03105rzpp6kwdbvvo0046"
PRESENTED = said(Result.SUCCEEDED, "SUCCESS", qr_code=QR_CODE)
WAITING = said(Result.PENDING, "WAIT_BUYER_PAY")
SILENCE = said(Result.UNKNOWN)
RECEIVED = said(Result.PENDING, "SUCCESS")
UNDER_REVIEW = said(Result.PENDING, "UNDER_REVIEW")
TAKEN = said(Result.SUCCEEDED, "SUCCESS")
NOT_TAKEN = said(Result.FAILED, "FAILED", message="risk control: documents do not match")
NEVER_HEARD_OF = said(Result.UNKNOWN, "DATA_NOT_FOUND", is_trade_missing=True)
MISSING = said(Result.UNKNOWN, "TRADE_NOT_EXIST", is_trade_missing=True)
TRADE_CLOSED = said(Result.FAILED, "TRADE_CLOSED")
CLOSED_BY_CANCEL = said(Result.SUCCEEDED, "SUCCESS", cancel_action="close")
GIVEN_BACK_BY_CANCEL = said(Result.SUCCEEDED, "SUCCESS", cancel_action="refund")
NOTHING_TO_CANCEL = said(Result.SUCCEEDED, "SUCCESS")
CANCEL_REFUSED = said(Result.FAILED, "TRADE_CANCEL_TIME_OUT")
REFUNDED = said(Result.SUCCEEDED, "SUCCESS")
REFUND_RECORDED = said(Result.PENDING, "SUCCESS")
REFUND_REFUSED = said(Result.FAILED, "RETURN_AMOUNT_EXCEED", failure_code="refund_amount_exceeded")


@dataclass
class FakeScheme:
    """Answers each kind of call from its script; the last answer is repeated for ever."""

    calls: list[tuple[str, Any]] = field(default_factory=list)
    script: dict[str, list[Answer]] = field(default_factory=lambda: defaultdict(list))
    is_reachable: bool = True
    resting: datetime | None = None

    def will(self, kind: str, *answers: Answer) -> None:
        """What the next calls of ``kind`` are answered with."""
        self.script[kind] = list(answers)

    def kinds(self) -> list[str]:
        """The calls so far, in order."""
        return [kind for kind, _ in self.calls]

    def asked(self, kind: str) -> list[Any]:
        """What the calls of ``kind`` were about."""
        return [content for each, content in self.calls if each == kind]

    def _answer(self, kind: str, content: Any) -> Outcome:
        self.calls.append((kind, content))
        answers = self.script[kind]
        assert answers, f"the test expects no {kind}"
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        return answer() if callable(answer) else answer

    def is_available(self) -> bool:
        return self.is_reachable

    def rests_until(self) -> datetime | None:
        return self.resting

    def pay(self, request: PayRequest) -> Outcome:
        return self._answer("pay", request)

    def present(self, request: PresentRequest) -> Outcome:
        return self._answer("present", request)

    def query(self, *, partner_trans_id: str, amount: Money) -> Outcome:
        return self._answer("query", partner_trans_id)

    def cancel(self, *, partner_trans_id: str) -> Outcome:
        return self._answer("cancel", partner_trans_id)

    def refund(self, request: RefundRequest) -> Outcome:
        return self._answer("refund", request)

    def query_refund(self, *, partner_trans_id: str, partner_refund_id: str) -> Outcome:
        return self._answer("refund_query", partner_refund_id)

    def register(self, request: StoreRegistration) -> Outcome:
        return self._answer("register", request)

    def registration(self, *, merchant_id: str, store_id: str) -> Outcome:
        return self._answer("registration", (merchant_id, store_id))
