"""The one table of time-outs, retries and intervals on the way to Alipay, per partner account.

Each is a column of the account, so that one acquirer's line can be tuned without another's. The
driver's calls (query, cancel, refund) must fit into its lease: a connect to each of two addresses
and the longest read are below ``payments.schedule.LEASE_SECONDS``.
"""

from dataclasses import dataclass

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models


@dataclass(frozen=True, slots=True)
class Setting:
    """One column: its unit, default and bounds, and what it is for."""

    name: str
    unit: str
    default: int
    least: int
    most: int
    meaning: str


SETTINGS: dict[str, Setting] = {
    setting.name: setting
    for setting in (
        Setting(
            "pay_connect_seconds", "s", 3, 1, 10,
            "Time to connect to one address for a pay or precreate.",
        ),
        Setting(
            "pay_read_seconds", "s", 15, 3, 60,
            "Time for the whole answer to a pay; afterwards the payment is in doubt.",
        ),
        Setting(
            "precreate_read_seconds", "s", 8, 3, 10,
            "Time for the whole answer to a precreate; afterwards the till gets no code to show.",
        ),
        Setting(
            "first_query_seconds", "s", 5, 1, 60,
            "A pay has no answer yet: the first query comes after this time.",
        ),
        Setting(
            "query_interval_seconds", "s", 3, 1, 30,
            "Time between two queries of a payment in doubt (law 3: 3 s).",
        ),
        Setting(
            "connect_seconds", "s", 2, 1, 2,
            "Time to connect to one address for a query, cancel or refund.",
        ),
        Setting("query_read_seconds", "s", 3, 1, 4, "Time for the whole answer to a query."),
        Setting("cancel_read_seconds", "s", 4, 1, 4, "Time for the whole answer to a cancel."),
        Setting("refund_read_seconds", "s", 4, 1, 4, "Time for the whole answer to a refund."),
        Setting(
            "refund_days", "d", 365, 1, 1095,
            "Alipay refunds for so many days after the payment; the contract says how many.",
        ),
        Setting(
            "breaker_failures", "calls", 5, 2, 100,
            "An address that fails so many times in a row is left alone for a while.",
        ),
        Setting(
            "breaker_pause_seconds", "s", 2, 1, 60,
            "How long; then one harmless call tries it. Up to half of it is added by chance.",
        ),
    )
}  # fmt: skip


def column(name: str) -> "models.PositiveSmallIntegerField[int, int]":
    """The model's column of a setting: its default, bounds and meaning come from the table."""
    setting = SETTINGS[name]
    return models.PositiveSmallIntegerField(
        default=setting.default,
        db_default=setting.default,
        validators=[MinValueValidator(setting.least), MaxValueValidator(setting.most)],
        help_text=f"{setting.meaning} In {setting.unit}, {setting.least} to {setting.most}.",
    )
