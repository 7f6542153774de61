"""The terms of settlement that staff may set: checked here, whoever asks."""

from collections.abc import Mapping
from decimal import Decimal
from zoneinfo import available_timezones

from kernel.currencies import UnknownCurrency
from kernel.errors import FieldError, Rejected
from kernel.money import AmountNotRepresentable, Money
from settlement.days import BankCalendar, NeverOpen, is_calendar

_LINES = 40  # currencies of one schedule


def check_terms(terms: Mapping[str, object]) -> None:
    """Raises Rejected with every fault: a zone or calendar that nobody knows, a week without a
    working day, closures without an end, a reserve without one, a hold without a reason."""
    faults = [
        FieldError(field, "invalid", message)
        for field, message, is_right in (
            (
                "zone",
                "An IANA name such as Asia/Hong_Kong.",
                terms["zone"] in available_timezones(),
            ),
            (
                "calendar",
                "A country such as HK, or a part as AU-NSW, whose holidays are known; or TARGET.",
                is_calendar(str(terms["calendar"])),
            ),
            ("weekend", "A week has a working day.", len(set(_days(terms["weekend"]))) < 7),
            (
                "reserve_days",
                "Say for how many days the reserve is held back.",
                not terms["reserve_basis_points"] or bool(terms["reserve_days"]),
            ),
            (
                "reserve_basis_points",
                "At most 10000: the whole.",
                _number(terms["reserve_basis_points"]) <= 10_000,
            ),
            ("open_days", "At most 30.", _number(terms["open_days"]) <= 30),
            (
                "hold_reason",
                "Say why payouts are held.",
                not terms["is_held"] or bool(terms["hold_reason"]),
            ),
        )
        if not is_right
    ]
    if not faults and not _opens_again(terms):
        said = "After these days no bank is open for two months: nothing could be paid out."
        faults = [FieldError("closures", "invalid", said)]
    if faults:
        raise Rejected("invalid_request", "The terms are at fault.", errors=tuple(faults))


def read_minimums(text: str) -> dict[str, int]:
    """``HKD 100.00`` a line as minor units by currency; raises Rejected naming the line."""
    found: dict[str, int] = {}
    for number, line in enumerate(text.splitlines()[: _LINES + 1], 1):
        if not line.strip():
            continue
        currency, _, amount = line.strip().partition(" ")
        try:
            money = Money.from_decimal(Decimal(amount.strip()), currency)
        except (AmountNotRepresentable, UnknownCurrency, ArithmeticError, ValueError):
            raise _bad_line(number, line) from None
        if money.minor < 0 or currency in found or number > _LINES:
            raise _bad_line(number, line)
        found[currency] = money.minor
    return found


def show_minimums(minimums: Mapping[str, int]) -> str:
    """The inverse of ``read_minimums``."""
    return "\n".join(str(Money(minor, currency)) for currency, minor in sorted(minimums.items()))


def _bad_line(number: int, line: str) -> Rejected:
    said = f"Line {number} is no minimum: {line.strip()[:40]!r}; write HKD 100.00, once each."
    fault = FieldError("minimum_payouts", "invalid", said)
    return Rejected("invalid_request", said, errors=(fault,))


def _opens_again(terms: Mapping[str, object]) -> bool:
    """Whether an open day comes after each of the closures: else a whole day of the acquirer could
    not be settled."""
    closures = frozenset(terms.get("closures") or ())  # type: ignore[call-overload]
    banks = BankCalendar(str(terms["calendar"]), frozenset(_days(terms["weekend"])), closures)
    try:
        for day in closures:
            banks.add(day, 0)
    except NeverOpen:
        return False
    return True


def _number(said: object) -> int:
    return said if isinstance(said, int) else 0


def _days(weekend: object) -> list[int]:
    return list(weekend) if isinstance(weekend, list | tuple | set | frozenset) else []
