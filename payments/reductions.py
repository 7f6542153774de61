"""What a payment costs less before Alipay hears of it: loyalty lies above this app and decides.

A till asks for a reduction by a field of its request (``coupon``, ``points``). The app that knows
what the field means is a ``Reducer``. It promises something to the payment in the transaction that
commits it, and keeps or takes back the promise in the statement that ends it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from kernel.errors import Conflict, FieldError
from payments.cashier_words import CASHIER_WORDS
from payments.models import Payment, Refund
from payments.state import Status
from tenancy.fragments import Fragment

# The order in which they reduce, and lock: what is saved by a coupon is not paid with points.
FIELDS = ("coupon", "points")
_reducers: dict[str, "Reducer"] = {}


@dataclass(frozen=True, slots=True)
class Reduction:
    """One thing that makes a payment cheaper; amounts in minor units of the payment's currency.

    ``borne_minor`` of ``amount_minor`` is the acquirer's cost, who owes it to the merchant; the
    rest is the merchant's, who sold cheaper. ``shown`` is what the payment object says beside
    ``kind`` and ``amount``.
    """

    kind: str
    amount_minor: int
    borne_minor: int = 0
    shown: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not 0 <= self.borne_minor <= self.amount_minor or self.amount_minor == 0:
            raise ValueError(f"a reduction of {self.amount_minor}, {self.borne_minor} borne")


class Reducer(Protocol):
    """One field of a payment's request, and what becomes of it."""

    field: str

    def read(self, payment: Payment, asked: Any) -> Any:
        """What ``asked`` names, before the transaction begins: here other servers may be asked.

        Raises Rejected naming the field where it names nothing.
        """

    def reserve(
        self, payment: Payment, asked: Any, so_far: Sequence[Reduction]
    ) -> Sequence[Reduction]:
        """Lock, check and promise; in the transaction that commits ``payment``, before its row.

        ``asked`` is what ``read`` has given.
        ``payment.amount_minor`` is what is left to charge after ``so_far``. Raises Rejected or
        Conflict naming the field; then nothing is kept.
        """

    def is_same(self, payment: Payment, asked: Any) -> bool:
        """Whether a request that asks this would be the one that made ``payment``.

        ``asked`` is None where it does not name the field. Nothing is locked or written.
        """

    def end(self, payment: Payment, old: Status, new: Status) -> Sequence[Fragment]:
        """What becomes of the promise, in the payment's own statement.

        Hangs on ``moved``, the payment's row (``id, acquirer_id, merchant_id, livemode``).
        """

    def refund(self, payment: Payment, refund: Refund) -> Sequence[Fragment]:
        """What a confirmed refund gives back, in its statement.

        Hangs on ``sums``, the payment's row after it (``id, amount_minor, refunded_minor``).
        ``refund.reduction_minor`` is the refund's part of the payment's reduction.
        """


def reduce_by(reducer: Reducer) -> None:
    """Ask ``reducer`` from now on; called once, when its app is ready."""
    if reducer.field not in FIELDS:
        raise ValueError(f"{reducer.field} has no place in FIELDS")
    _reducers[reducer.field] = reducer


def read(payment: Payment, asked: Mapping[str, Any]) -> dict[str, Any]:
    """What is ``asked``, by field, as ``reserve`` wants it. Raises Rejected. No transaction."""
    return {each.field: each.read(payment, asked[each.field]) for each in _asked(asked)}


def reserve(payment: Payment, asked: Mapping[str, Any]) -> None:
    """Make ``payment``, which is not written yet, cheaper by all that ``read`` has understood.

    Needs a transaction. Raises what the reducers raise, and Conflict ``nothing_left_to_charge``
    where Alipay would have nothing to take.
    """
    made: list[Reduction] = []
    for reducer in _asked(asked):
        for each in reducer.reserve(payment, asked[reducer.field], tuple(made)):
            made.append(each)
            payment.amount_minor -= each.amount_minor
            payment.reduction_minor += each.amount_minor
            payment.reduction_borne_minor += each.borne_minor
            if payment.amount_minor < 1:
                raise nothing_left(reducer.field)
    payment.reductions = [
        {"kind": each.kind, "amount": each.amount_minor, **each.shown} for each in made
    ]


def differing(payment: Payment, asked: Mapping[str, Any]) -> list[str]:
    """The fields in which a request asks other reductions than ``payment`` has."""
    if not asked and not payment.reductions:
        return []
    return [name for name, reducer in _in_order() if not reducer.is_same(payment, asked.get(name))]


def end(payment: Payment, old: Status, new: Status) -> list[Fragment]:
    """What hangs on a change of the payment's status; nothing for most payments."""
    if not payment.reductions:
        return []
    return [part for _, reducer in _in_order() for part in reducer.end(payment, old, new)]


def refund(payment: Payment, refund: Refund) -> list[Fragment]:
    """What hangs on a confirmed refund; nothing for most."""
    if not payment.reductions:
        return []
    return [part for _, reducer in _in_order() for part in reducer.refund(payment, refund)]


def _in_order() -> list[tuple[str, Reducer]]:
    return [(name, _reducers[name]) for name in FIELDS if name in _reducers]


def _asked(asked: Mapping[str, Any]) -> list[Reducer]:
    return [reducer for name, reducer in _in_order() if name in asked]


def nothing_left(name: str) -> Conflict:
    """The refusal of a reduction, by its field, that leaves Alipay nothing to charge."""
    fault = FieldError(name, "nothing_left_to_charge", "It takes off the whole price.")
    return Conflict(
        "nothing_left_to_charge",
        "Nothing would be left for Alipay to charge; at least one minor unit must be. Take less "
        "off, or sell without Alipay.",
        errors=(fault,),
        cashier=CASHIER_WORDS.get(f"{name}.nothing_left_to_charge"),
    )
