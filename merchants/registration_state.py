"""A store's way into Alipay's books: announced, looked at, then registered or refused.

The rules are barcode reference §5: received is not yet registered, and the review's length is not
known, so we ask with growing gaps.
"""

from django.db import models

from connectors.base import Outcome, Result


class RegistrationStatus(models.TextChoices):
    """Where a store stands at the scheme."""

    TO_SEND = "to_send", "To be announced"
    IN_REVIEW = "in_review", "Alipay is looking at it"
    REGISTERED = "registered", "Registered"
    REFUSED = "refused", "Refused by Alipay"


S = RegistrationStatus

# From a status, after the call that it asks for, by what the scheme said.
NEXT: dict[tuple[RegistrationStatus, Result], RegistrationStatus] = {
    (S.TO_SEND, Result.SUCCEEDED): S.IN_REVIEW,
    (S.TO_SEND, Result.PENDING): S.IN_REVIEW,
    (S.TO_SEND, Result.FAILED): S.REFUSED,
    (S.TO_SEND, Result.UNKNOWN): S.TO_SEND,
    (S.IN_REVIEW, Result.SUCCEEDED): S.REGISTERED,
    (S.IN_REVIEW, Result.PENDING): S.IN_REVIEW,
    (S.IN_REVIEW, Result.FAILED): S.REFUSED,
    (S.IN_REVIEW, Result.UNKNOWN): S.IN_REVIEW,
}
# Nobody asks about these: a changed store or a person sends them again.
AT_REST = frozenset({S.REGISTERED, S.REFUSED})

# Seconds before the next call, by the number of calls since the status was reached; then the last.
GAPS_SECONDS = (3, 10, 30, 60, 300, 900, 3600)


def next_status(status: str, outcome: Outcome) -> RegistrationStatus:
    """Where the scheme's word leads; a store that it never heard of is announced again."""
    if status == S.IN_REVIEW and outcome.is_trade_missing:
        return S.TO_SEND
    return NEXT[RegistrationStatus(status), outcome.result]


def gap_seconds(tries: int) -> int:
    """How long to wait after the ``tries``-th call (from 1) since the status was reached."""
    return GAPS_SECONDS[min(max(tries, 1), len(GAPS_SECONDS)) - 1]
