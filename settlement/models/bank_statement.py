"""What the acquirer's bank says: files as they came, statements, and their booked entries."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from settlement.models.paying_account import PayingAccount
from settlement.models.payment_file import random_name
from settlement.models.scheme_file import SchemeFile
from settlement.state import Explanation, FileState, Meaning, labels
from tenancy.audit import Audit
from tenancy.scoped import TenantModel


class BankFile(TenantModel):
    """A file of the bank's, kept byte for byte under ``stored_as`` with its digest; a malformed
    one is refused whole."""

    PREFIX = "bfl"
    MERCHANT_COLUMN: ClassVar[str | None] = None
    AUDIT = Audit(merchant_column=None)

    class Form(models.TextChoices):
        CAMT053 = "camt053", "statement (camt.053)"
        MT940 = "mt940", "statement (MT940)"
        CSV = "csv", "statement (CSV)"
        PAIN002 = "pain002", "status report (pain.002)"

    form = models.CharField(max_length=8, choices=Form)
    name = models.CharField(max_length=128)
    sha256 = models.CharField("SHA-256", max_length=64)
    size_bytes = models.BigIntegerField()
    stored_as = models.CharField(max_length=64, default=random_name, editable=False)
    taken_by = models.CharField(max_length=128)
    state = models.CharField(max_length=16, choices=labels(FileState))
    refused_line = models.PositiveIntegerField(null=True)
    refused_column = models.CharField(max_length=64, default="", blank=True)
    refused_because = models.CharField(max_length=256, default="", blank=True)

    class Meta(TenantModel.Meta):
        verbose_name = "file of the bank"
        verbose_name_plural = "files of the bank"
        constraints = [
            models.UniqueConstraint(
                fields=["acquirer", "sha256"], name="a_bank_file_is_taken_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[FileState.LOADED.value, FileState.REFUSED.value]),
                name="bank_file_state_is_known",
            ),
        ]


class BankStatement(TenantModel):
    """One account over one period; balances are signed minor units. Each opens with what the one
    before it closed with: none is missing."""

    PREFIX = "bst"
    MERCHANT_COLUMN: ClassVar[str | None] = None
    IS_APPEND_ONLY: ClassVar[bool] = True

    paying_account = models.ForeignKey(PayingAccount, models.PROTECT, related_name="statements")
    livemode = models.BooleanField()
    file = models.ForeignKey(BankFile, models.PROTECT, related_name="statements")
    number = models.PositiveIntegerField()  # 1, 2, 3, … of an account
    bank_id = models.CharField("the bank's id", max_length=128)
    closes_on = models.DateField(null=True)
    currency = models.CharField(max_length=3)
    opening_minor = models.BigIntegerField()
    closing_minor = models.BigIntegerField()
    entry_count = models.PositiveIntegerField("entries")

    class Meta(TenantModel.Meta):
        verbose_name = "bank statement"
        constraints = [
            models.UniqueConstraint(
                fields=["paying_account", "bank_id"], name="a_bank_statement_is_loaded_once"
            ),
            models.UniqueConstraint(
                fields=["paying_account", "number"], name="bank_statements_follow_each_other"
            ),
        ]


class BankEntry(TenantModel):
    """A booked entry: above zero is money that came in.

    ``why`` says why one that names payouts of ours, or may pay a settlement, is unexplained all the
    same. ``explanation`` is
    what a person said that it is, ``because`` for which reason.
    """

    PREFIX = "ben"
    MERCHANT_COLUMN: ClassVar[str | None] = None
    AUDIT = Audit(merchant_column=None, ignored=frozenset({"created_at"}))

    statement = models.ForeignKey(BankStatement, models.PROTECT, related_name="entries")
    livemode = models.BooleanField()
    line = models.PositiveIntegerField()
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    booked_on = models.DateField(null=True)
    value_on = models.DateField(null=True)
    bank_reference = models.CharField(max_length=140, blank=True, default="")
    references = ArrayField(models.CharField(max_length=1000), default=list)
    remittance = models.CharField(max_length=1000, blank=True, default="")
    is_reversal = models.BooleanField(default=False)
    reason = models.CharField(max_length=256, blank=True, default="")  # of a return
    meaning = models.CharField(max_length=20, choices=labels(Meaning), default=Meaning.UNEXPLAINED)
    why = models.CharField(max_length=256, blank=True, default="")
    explanation = models.CharField(
        max_length=16, choices=labels(Explanation), blank=True, default="", db_default=""
    )
    because = models.CharField(max_length=256, blank=True, default="", db_default="")
    explained_at = models.DateTimeField(null=True)
    explained_by = models.CharField(max_length=128, blank=True, default="", db_default="")
    approved_by = models.CharField(max_length=128, blank=True, default="", db_default="")

    class Meta(TenantModel.Meta):
        verbose_name = "entry of a bank statement"
        verbose_name_plural = "entries of bank statements"
        constraints = [
            models.CheckConstraint(condition=~Q(amount_minor=0), name="bank_entry_is_not_zero"),
            models.CheckConstraint(
                condition=~Q(meaning=Meaning.EXPLAINED)
                | (~Q(explanation="") & Q(explained_at__isnull=False)),
                name="bank_entry_is_explained_by_a_person",
            ),
            models.CheckConstraint(
                condition=Q(approved_by="") | ~Q(approved_by=models.F("explained_by")),
                name="bank_entry_is_approved_by_another",
            ),
            models.CheckConstraint(
                condition=Q(meaning__in=[meaning.value for meaning in Meaning]),
                name="bank_entry_meaning_is_known",
            ),
        ]
        indexes = [
            models.Index(fields=["acquirer", "-id"], name="bank_entry_feed"),
            models.Index(
                fields=["acquirer", "livemode", "currency", "amount_minor"],
                condition=Q(meaning=Meaning.UNEXPLAINED),
                name="bank_entry_unexplained",
            ),
        ]


class PaidSettlement(TenantModel):
    """That an entry pays a settlement file, and how much of the entry is for it, signed; the parts
    of an entry add up to it.

    ``part`` counts the entries that pay the file, whether matched by itself or said by a person.
    """

    PREFIX = "pst"
    MERCHANT_COLUMN: ClassVar[str | None] = None

    entry = models.ForeignKey(BankEntry, models.PROTECT, related_name="settlements")
    scheme_file = models.ForeignKey(
        SchemeFile, models.PROTECT, related_name="paid_by", db_index=False
    )
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    part = models.PositiveSmallIntegerField(default=1, db_default=1)

    class Meta(TenantModel.Meta):
        verbose_name = "paid settlement"
        constraints = [
            models.UniqueConstraint(
                fields=["scheme_file", "currency", "part"], name="a_settlement_is_paid_part_by_part"
            )
        ]
