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
LATE_SECONDS = 60  # Alipay counts whole minutes: a code outlives its payment by so much
# What happens to the parts, with weights.
BLOWS: dict[str, int] = {
    "kill web": 3,
    "kill worker": 4,
    "kill webhooks": 2,
    "kill beat": 2,
    "kill postgres": 2,
    "kill valkey": 2,
    "empty valkey": 3,
    "cut: refuse": 2,
    "cut: black hole": 2,
    "cut: reset": 2,
    "cut: slow": 1,
}


@dataclass(frozen=True)
class Plan:
    """``payments`` by ``tills`` at the same time; a blow every ``calm_seconds`` on the average."""

    seed: int
    payments: int = 400
    tills: int = 24
    calm_seconds: float = 3.0
    longest_cut_seconds: float = 6.0
    grace_seconds: float = 20.0  # a process that was just started is spared: it would never serve
    cancel_share: float = 0.12
    refund_share: float = 0.5
    qr_share: float = 0.2  # of the tills that show a code instead of scanning one
    skews: tuple[tuple[str, int], ...] = (("web", 170), ("worker", -240), ("webhooks", 60))
    sandbox_skew_seconds: int = 120
    settle_seconds: float = 240.0  # for everything in doubt to end when the storm is over
    storm_seconds: float = 600.0  # then the tills take no new customer


SHORT = Plan(
    seed=20261123,
    payments=40,
    tills=10,
    calm_seconds=2.0,
    longest_cut_seconds=2.0,
    grace_seconds=10.0,
)
