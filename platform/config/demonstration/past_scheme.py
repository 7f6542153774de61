"""Alipay as it answered in the weeks that no sandbox has seen: most customers pay at once."""

from datetime import datetime
from random import Random

from connectors.base import Connector, Evidence, Outcome, PayRequest, RefundRequest, Result
from connectors.base import TradeFacts as Facts
from kernel import clock
from kernel.money import Money

_FAILING = 0.04  # of the payments
_FAILURES = (
    ("BUYER_BALANCE_NOT_ENOUGH", "insufficient_balance"),
    ("BUYER_BALANCE_NOT_ENOUGH", "insufficient_balance"),
    ("SOUNDWAVE_PARSER_FAIL", "payment_code_expired"),
    ("BEYOND_PAY_RESTRICTION", "payer_limit_exceeded"),
)
_FEN_OF_HUNDRED = 90  # what HKD 1.00 costs a wallet, rounded down to a rate that is easy to check
_ANSWERS_MS = (90, 120, 150, 180, 240, 420)
_SEED = 88


class PastScheme:
    """Answers for what happened before ``until``; from then on the real connector does."""

    def __init__(self, real: Connector, until: datetime) -> None:
        self._real, self._until = real, until
        self._draw = Random(_SEED)  # noqa: S311 - a play, the same every time

    def is_available(self) -> bool:
        return True

    def pay(self, request: PayRequest) -> Outcome:
        """Paid at once from the wallet whose number ends the code, or declined now and then."""
        if clock.now() >= self._until:
            return self._real.pay(request)
        if self._draw.random() < _FAILING:
            code, failure = self._draw.choice(_FAILURES)
            return Outcome(Result.FAILED, code, self._evidence("pay"), failure_code=failure)
        trade = _facts(request, int(request.payment_code[-6:]))
        return Outcome(Result.SUCCEEDED, "SUCCESS", self._evidence("pay"), trade=trade)

    def refund(self, request: RefundRequest) -> Outcome:
        """Given back at once."""
        if clock.now() >= self._until:
            return self._real.refund(request)
        return Outcome(Result.SUCCEEDED, "SUCCESS", self._evidence("refund"))

    def rests_until(self) -> datetime | None:
        """Never in the past; else as the real one."""
        return None if clock.now() < self._until else self._real.rests_until()

    def _evidence(self, service: str) -> Evidence:
        took = self._draw.choice(_ANSWERS_MS)
        return Evidence("the shop's past", service, {}, None, 200, took)


def _facts(request: PayRequest, wallet: int) -> Facts:
    """One wallet in four is a Hong Kong one, which pays in the price's currency."""
    is_local = wallet % 4 == 0
    fen = request.amount.minor * _FEN_OF_HUNDRED // 100
    return Facts(
        scheme_transaction_id=f"{clock.now():%Y%m%d}22{request.partner_trans_id[-18:]}",
        payer_account=f"159****{wallet % 10_000:04}",
        payer_user_id=f"2088{wallet:012}",
        payer_amount=request.amount if is_local else Money(fen, "CNY"),
        exchange_rate="1.00000000" if is_local else "0.90000000",
        wallet="alipay_hk" if is_local else "alipay",
        paid_at=clock.now(),
    )
