"""What one run does: how much, how long, how hard. Every choice in it comes from the seed."""

from dataclasses import dataclass

# Faults of the sandbox by the code that is scanned, with their weights.
FAULTS: dict[str, int] = {
    "none": 12,
    "slow": 1,
    "answer_lost": 3,
    "request_lost": 3,
    "system_error": 2,
    "system_error_paid": 2,
    "gateway_system_error": 1,
    "garbled": 1,
    "bad_signature": 1,
    "html_maintenance": 1,
    "wrong_amount": 1,
    "gbk": 1,
    "cancel_system_error_twice": 1,
    "never_confirms": 2,
    "confirms_by_itself": 3,
    "insufficient_balance": 1,
    "expired_code": 1,
    "duplicate_notification": 2,
    "notification_before_answer": 2,
    "notification_lost": 2,
}
# What a customer does with a code that the till shows.
HABITS: dict[str, int] = {
    "pays": 5,
    "scans, then pays": 3,
    "pays while canceled": 3,
    "pays too late": 2,
    "refuses": 1,
    "scans only": 1,
    "never scans": 1,
}
# What happens to the parts, with weights.
BLOWS: dict[str, int] = {
    "kill web": 3,
    "kill worker": 4,
    "kill webhooks": 2,
    "kill beat": 2,
    "kill postgres": 2,
    "kill valkey": 2,
    "empty valkey": 3,
    "freeze web": 1,
    "freeze worker": 1,
    "freeze beat": 1,
    "freeze valkey": 1,
    "second beat": 1,
    "cut refuse": 2,
    "cut unplug": 2,
    "cut black hole": 2,
    "cut reset": 2,
    "cut slow": 1,
    "fault main down": 2,
    "fault slow": 1,
    "fault answer_lost": 2,
    "fault request_lost": 1,
    "fault system_error": 1,
    "fault system_error_paid": 1,
    "fault garbled": 1,
    "fault bad_signature": 1,
    "fault html_maintenance": 2,
    "fault duplicate_notification": 1,
    "fault notification_lost": 1,
}


@dataclass(frozen=True)
class Blow:
    """``what`` happens ``at`` seconds after the first customer, and lasts for ``seconds``."""

    at: float
    what: str
    seconds: float = 0.0


@dataclass(frozen=True)
class Plan:
    """``payments`` by ``tills`` at the same time; a blow every ``calm_seconds`` on the average.

    With a ``script`` it has these blows instead, and no others.
    """

    seed: int
    payments: int = 400
    tills: int = 24
    calm_seconds: float = 3.0
    longest_cut_seconds: float = 6.0
    grace_seconds: float = 20.0  # a process that was just started is spared: it would never serve
    cancel_share: float = 0.12
    refund_share: float = 0.5
    qr_share: float = 0.2  # of the tills that show a code instead of scanning one
    # Alipay counts whole minutes: a code outlives its payment by so much.
    late_seconds: float = 60.0
    skews: tuple[tuple[str, int], ...] = (("web", 170), ("worker", -240), ("webhooks", 60))
    sandbox_skew_seconds: int = 120
    settle_seconds: float = 240.0  # for everything in doubt to end when the storm is over
    storm_seconds: float = 600.0  # then the tills take no new customer
    script: tuple[Blow, ...] = ()


def _brief() -> list[str]:
    """The blows that last for a moment, and need no process to be old enough."""
    return [what for what in BLOWS if not what.startswith(("kill", "second"))]


# The suite's run: each kind of blow once, so that a change of the weights takes none out of it.
SHORT = Plan(
    seed=20261123,
    payments=48,
    tills=10,
    grace_seconds=10.0,
    late_seconds=15.0,
    script=(
        *(Blow(2.0 + 1.5 * at, what, 2.0) for at, what in enumerate(_brief())),
        Blow(8, "kill postgres"),
        Blow(14, "kill web"),
        Blow(20, "kill valkey"),
        Blow(24, "kill worker"),
        Blow(29, "kill webhooks"),
        Blow(33, "kill beat"),
    ),
)

# Single troubles, each long enough to be worse than any storm's.
DRILLS: dict[str, tuple[Blow, ...]] = {
    "outage": (Blow(15, "cut-all unplug", 120),),
    "black-hole": (Blow(15, "cut-all black hole", 120),),
    "main-down": (Blow(10, "fault main down", 120),),
    "maintenance": (Blow(15, "fault html_maintenance", 90),),
    "no-beat": (Blow(5, "freeze beat", 150),),
    "no-broker": (Blow(5, "freeze valkey", 120),),
    "emptied": tuple(Blow(second, "empty valkey") for second in range(5, 95)),
    "no-database": tuple(Blow(5 + 12 * time, "kill postgres") for time in range(8)),
    "no-web": tuple(Blow(5 + 6 * time, "kill web") for time in range(15)),
    "frozen-worker": tuple(Blow(10 + 20 * time, "freeze worker", 12) for time in range(5)),
    "doubles": (Blow(2, "second beat", 120), Blow(2, "second worker", 120)),
}
