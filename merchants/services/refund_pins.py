"""A terminal's PIN for refunds: set by staff, checked here, locked after three misses in a row."""

import hmac
import re
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils.crypto import salted_hmac

from kernel import clock
from kernel.errors import Forbidden
from merchants.models import RefundPin, Terminal
from tenancy.models import Staff
from tenancy.saving import faulty

TRIES = 3
LOCKED = timedelta(minutes=15)
_SHAPE = re.compile("[0-9]{6}")
_TOO_EASY = frozenset({"123456", "654321"})


def set_refund_pin(terminal: Terminal, pin: str, *, set_by: Staff | None = None) -> RefundPin:
    """Six digits; a new PIN ends a lock. Raises Rejected for another shape or one easily guessed.

    With three tries in 15 minutes, a guesser needs five years for half of the numbers.
    """
    if _SHAPE.fullmatch(pin) is None:
        raise faulty("pin", "Six digits.")
    if pin in _TOO_EASY or len(set(pin)) == 1:
        raise faulty("pin", "This one is guessed first; choose another.")
    kept, _ = RefundPin.objects.update_or_create(
        terminal=terminal,
        defaults={
            "acquirer_id": terminal.acquirer_id,
            "merchant_id": terminal.merchant_id,
            "digest": _digest(terminal.id, pin),
            "failures": 0,
            "locked_until": None,
            "set_at": clock.now(),
            "set_by": set_by,
        },
    )
    return kept


def check_refund_pin(terminal_id: UUID | None, pin: str) -> None:
    """Come back only for the right PIN; a wrong one is counted, whatever the caller does next.

    Raises Forbidden: ``refund_pin_not_set``, ``refund_pin_wrong`` or ``refund_pin_locked``.
    """
    if terminal_id is None:
        raise _not_set()
    with transaction.atomic():  # tries at once are counted one after the other
        kept = RefundPin.objects.select_for_update(of=("self",), no_key=True).filter(
            terminal_id=terminal_id
        )
        refusal = _judge(kept.first(), pin)
    if refusal is not None:
        raise refusal


def _judge(kept: RefundPin | None, pin: str) -> Forbidden | None:
    if kept is None:
        return _not_set()
    now = clock.now()
    if kept.locked_until is not None and kept.locked_until > now:
        return _locked()
    if hmac.compare_digest(bytes(kept.digest), _digest(kept.terminal_id, pin)):
        if kept.failures:
            _keep(kept, failures=0)
        return None
    _keep(kept, failures=kept.failures + 1)
    return _locked() if kept.failures == 0 else _wrong(TRIES - kept.failures)


def _keep(kept: RefundPin, *, failures: int) -> None:
    """The third miss locks, and begins the count anew."""
    is_last = failures >= TRIES
    kept.failures = 0 if is_last else failures
    kept.locked_until = clock.now() + LOCKED if is_last else None
    kept.save(update_fields=["failures", "locked_until"])


def _not_set() -> Forbidden:
    return Forbidden("refund_pin_not_set", "Staff must set a PIN for this terminal first.")


def _wrong(left: int) -> Forbidden:
    tries = "one more try" if left == 1 else f"{left} more tries"
    return Forbidden("refund_pin_wrong", f"The PIN is wrong; {tries}, then refunds are locked.")


def _locked() -> Forbidden:
    minutes = int(LOCKED.total_seconds()) // 60
    return Forbidden(
        "refund_pin_locked", f"Too many wrong PINs: refunds here are locked for {minutes} minutes."
    )


def _digest(terminal_id: UUID, pin: str) -> bytes:
    """Keyed: six digits would be found at once from a copy of the table alone."""
    return salted_hmac("merchants.refund_pin", f"{terminal_id}:{pin}", algorithm="sha256").digest()
