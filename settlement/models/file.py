"""The files of a batch: what is owed, and what was made."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from kernel import clock, ids
from merchants.models import Merchant
from settlement.models.batch import Batch
from tenancy.scoped import TenantModel


class FileKind(models.TextChoices):
    """What a file is."""

    STATEMENT_CSV = "statement_csv", "statement (CSV)"
    STATEMENT_XLSX = "statement_xlsx", "statement (XLSX)"
    STATEMENT_PDF = "statement_pdf", "statement (PDF)"
    FEE_INVOICE = "fee_invoice", "fee invoice (PDF)"
    DIGESTS = "digests", "digests"


class Filing(TenantModel):
    """That a frozen batch is owed its files; ``due_at`` is None once they are there."""

    PREFIX = "sfg"

    merchant = models.ForeignKey(Merchant, models.PROTECT, related_name="+")
    batch = models.OneToOneField(Batch, models.PROTECT, related_name="filing")
    due_at = models.DateTimeField(null=True, default=clock.now)
    tries = models.PositiveIntegerField(default=0)

    class Meta(TenantModel.Meta):
        verbose_name = "filing"
        indexes = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="filing_due"),
        ]


def _storage_key() -> str:
    return f"{ids.new_uuid()}.file"


class File(TenantModel):
    """A file that was made, never made otherwise: its bytes lie in the storage ``settlements``."""

    PREFIX = "sfi"
    IS_APPEND_ONLY: ClassVar[bool] = True

    merchant = models.ForeignKey(Merchant, models.PROTECT, related_name="+")
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="files")
    kind = models.CharField(max_length=16, choices=FileKind)
    name = models.CharField(max_length=96)
    content_type = models.CharField(max_length=80)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.BigIntegerField()
    stored_as = models.CharField(max_length=128, default=_storage_key)

    class Meta(TenantModel.Meta):
        verbose_name = "settlement file"
        constraints = [
            models.UniqueConstraint(fields=["batch", "name"], name="file_name_is_unique"),
            models.UniqueConstraint(fields=["batch", "kind"], name="file_is_made_once"),
        ]
