"""When somebody must act next: every interval of the driver, in seconds, as pure functions."""

from datetime import datetime, timedelta

LEASE_SECONDS = 9  # longer than any call of the driver; a dead worker is replaced after it
SLACK = timedelta(milliseconds=50)  # a timer may fire a moment early
SWEEP_GRACE_SECONDS = 0.5  # the punctual task has this long before the sweep steps in
NEGLECTED_SECONDS = 4  # and the sweep this long before each worker's standby does
LONGEST_GAP_SECONDS = 60
AFTER_REST_SECONDS = 2.0  # over so long those spread who waited for the same trial
# A till that has no code to show by then gets none; a precreate that lives is over before.
PRESENTING_SECONDS = 30
QR_TIMEOUT_SECONDS = 120  # to find the wallet, scan and confirm, if the till says nothing else
# A cancel for a trade that Alipay has not seen may be overtaken by the pay it was meant to stop
# (reference §3.3, open question); unpaid trades close themselves after 3 minutes (§3.1).
VERIFY_SECONDS = 240


def lease_ends(now: datetime) -> datetime:
    """Until when a claim made now holds."""
    return now + timedelta(seconds=LEASE_SECONDS)


def next_query(now: datetime, *, expires_at: datetime, interval_seconds: int) -> datetime:
    """A payment in doubt is asked about every interval, and at its deadline."""
    return min(now + timedelta(seconds=interval_seconds), max(expires_at, now))


def is_presenting_over(now: datetime, *, since: datetime) -> bool:
    """Whether a code that was asked for at ``since`` would come too late to be shown."""
    return now >= since + timedelta(seconds=PRESENTING_SECONDS)


def next_repeat(now: datetime, *, since: datetime, interval_seconds: int) -> datetime:
    """A cancel or refund without an answer is repeated: often at first, then less and less.

    The gap is a tenth of the time since ``since``, at least the interval, at most a minute.
    """
    waited = (now - since).total_seconds()
    gap = min(LONGEST_GAP_SECONDS, max(interval_seconds, waited / 10))
    return now + timedelta(seconds=gap)


def after_rest(now: datetime, *, until: datetime, chance: float) -> datetime:
    """When to come back after a rest that ends at ``until``: apart from others, by ``chance``."""
    return max(now, until) + timedelta(seconds=AFTER_REST_SECONDS * chance)


def verify_until(now: datetime) -> datetime:
    """How long an end that only we have declared is checked against Alipay."""
    return now + timedelta(seconds=VERIFY_SECONDS)


def next_verification(now: datetime, *, ended_at: datetime) -> datetime:
    """The next of those checks: soon at first, then every half minute."""
    waited = (now - ended_at).total_seconds()
    return now + timedelta(seconds=min(30, max(5, waited)))
