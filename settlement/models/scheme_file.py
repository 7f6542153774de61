"""The scheme's daily files as they came, and their rows."""

import secrets
from typing import ClassVar

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q

from merchants.models import PartnerAccount
from settlement.scheme_files.names import SETTLEMENT, TRANSACTION
from settlement.state import FileState
from tenancy.audit import Audit
from tenancy.models import Acquirer
from tenancy.scoped import TenantModel


def random_name() -> str:
    return secrets.token_hex(16)


class SchemeFile(TenantModel):
    """One file of one business day, kept byte for byte under ``stored_as`` with its digest.

    One is loaded per account, kind and day: a corrected one supersedes it, and both stay.
    """

    PREFIX = "sfl"
    MERCHANT_COLUMN = None
    AUDIT = Audit(merchant_column=None)

    class Kind(models.TextChoices):
        TRANSACTION = TRANSACTION, "Transactions"
        SETTLEMENT = SETTLEMENT, "Settlement"

    class Source(models.TextChoices):
        SFTP = "sftp", "Fetched"
        UPLOAD = "upload", "Uploaded"

    partner_account = models.ForeignKey(PartnerAccount, models.PROTECT, related_name="+")
    livemode = models.BooleanField()
    kind = models.CharField(max_length=16, choices=Kind)
    business_date = models.DateField()
    name = models.CharField(max_length=128)
    source = models.CharField(max_length=8, choices=Source)
    size_bytes = models.BigIntegerField()
    sha256 = models.CharField("SHA-256", max_length=64)
    stored_as = models.CharField(max_length=32, default=random_name, editable=False)
    taken_by = models.CharField(max_length=128)
    state = models.CharField(
        max_length=16, choices=[(each.value, each.value) for each in FileState]
    )
    refused_line = models.PositiveIntegerField(null=True)
    refused_column = models.CharField(max_length=64, default="", blank=True)
    refused_because = models.CharField(max_length=256, default="", blank=True)
    row_count = models.PositiveIntegerField(default=0)

    class Meta(TenantModel.Meta):
        verbose_name = "scheme file"
        constraints = [
            models.UniqueConstraint(
                fields=["partner_account", "kind", "business_date"],
                condition=Q(state=FileState.LOADED.value),
                name="one_file_of_a_day_is_loaded",
            ),
            models.UniqueConstraint(
                fields=["partner_account", "kind", "business_date", "sha256"],
                name="a_file_is_taken_once",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in FileState]),
                name="file_state_is_known",
            ),
        ]


class SchemeRow(TenantModel):
    """One row of a loaded file; amounts are unsigned minor units, ``at`` is the row's payment time.
    ``rate`` and what is counted with it, in fen, only a settlement file has.

    A million come at once: no foreign key is checked for each, no id is thought up, and none is
    looked for, so that the database keeps no index of it (migration 0006).
    """

    PREFIX = "srw"
    MERCHANT_COLUMN = None
    IS_APPEND_ONLY: ClassVar[bool] = True

    id = models.BigAutoField(primary_key=True)  # type: ignore[assignment]
    created_at = None  # type: ignore[assignment]  # its file's
    acquirer = models.ForeignKey(
        Acquirer, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    file = models.ForeignKey(
        SchemeFile, models.PROTECT, related_name="rows", db_index=False, db_constraint=False
    )
    line = models.PositiveIntegerField()
    kind = models.CharField(max_length=8)
    own_id = models.CharField(max_length=64)
    scheme_id = models.CharField(max_length=64)
    amount_minor = models.BigIntegerField()
    fee_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    at = models.DateTimeField()
    merchant_name = models.CharField(max_length=256)
    rate = models.CharField(max_length=24, null=True)  # noqa: DJ001 - nothing is kept where none is
    rmb_minor = models.BigIntegerField(null=True)
    rmb_settlement_minor = models.BigIntegerField(null=True)

    class Meta(TenantModel.Meta):
        verbose_name = "row of a scheme file"
        verbose_name_plural = "rows of scheme files"
        # A file's rows lie together: its pages are found without an entry for each of them.
        indexes = [BrinIndex(fields=["file"], pages_per_range=32, name="row_of_a_file")]
