"""The books: accounts, transactions, entries. The database refuses unbalanced ones and edits."""

from typing import ClassVar

from django.db import models

from ledger.chart import KINDS
from tenancy.models import Acquirer
from tenancy.scoped import TenantModel


class Account(TenantModel):
    """A balance of one kind in one currency; ``merchant_id`` NULL is the acquirer's own.

    The id is computed from acquirer, merchant, mode, kind and currency (``ledger.accounts``), so
    that nobody looks one up. Live and test mode are two books: no transaction touches both.
    ``merchant_id`` is no foreign key: this package lies below the merchants.
    """

    PREFIX = "lac"
    IS_APPEND_ONLY: ClassVar[bool] = True

    merchant_id = models.UUIDField(null=True)
    livemode = models.BooleanField(db_default=False)
    kind = models.CharField(max_length=24)
    currency = models.CharField(max_length=3)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["acquirer", "merchant_id", "livemode", "kind", "currency"],
                nulls_distinct=False,
                name="ledger_account_is_unique",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=list(KINDS)), name="ledger_account_kind_is_known"
            ),
        ]


class Transaction(TenantModel):
    """A balanced set of entries with one cause; posted once, undone only by another."""

    PREFIX = "ltx"
    IS_APPEND_ONLY: ClassVar[bool] = True

    # No index of its own: the console's journal begins with it.
    acquirer = models.ForeignKey(Acquirer, models.PROTECT, related_name="+", db_index=False)
    merchant_id = models.UUIDField(null=True)
    kind = models.CharField(max_length=48)
    cause_type = models.CharField(max_length=24)
    cause_id = models.UUIDField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["cause_type", "cause_id", "kind"], name="a_cause_is_posted_once"
            )
        ]
        indexes = [models.Index(fields=["acquirer", "-id"], name="transaction_of_acquirer")]


class Entry(TenantModel):
    """One line: ``amount_minor`` above zero is a debit, below zero a credit."""

    PREFIX = "len"
    IS_APPEND_ONLY: ClassVar[bool] = True

    acquirer = models.ForeignKey(Acquirer, models.PROTECT, related_name="+", db_index=False)
    merchant_id = models.UUIDField(null=True)
    transaction = models.ForeignKey(Transaction, models.PROTECT, related_name="entries")
    account = models.ForeignKey(Account, models.PROTECT, related_name="entries")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)

    class Meta(TenantModel.Meta):
        verbose_name_plural = "entries"
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(amount_minor=0), name="ledger_entry_is_not_zero"
            )
        ]
        indexes = [
            models.Index(fields=["account", "created_at"], name="ledger_by_account"),
            models.Index(fields=["acquirer", "-id"], name="entry_of_acquirer"),
        ]


class Closing(TenantModel):
    """What an account stood at just before ``closes_at``: a memo that saves adding up the past.

    Never the truth: it can be dropped and made again from the entries, and is checked against them.
    An account that did not move since its last closing has none.
    """

    PREFIX = "lcl"

    merchant_id = models.UUIDField(null=True)
    account = models.ForeignKey(Account, models.PROTECT, related_name="closings", db_index=False)
    closes_at = models.DateTimeField()
    balance_minor = models.BigIntegerField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["account", "closes_at"], name="an_account_closes_once")
        ]
