"""A sheet of merchants and stores that somebody brought."""

from typing import ClassVar

from django.db import models

from tenancy.audit import Audit
from tenancy.scoped import TenantModel


class MerchantImport(TenantModel):
    """Checked whole by a worker, then, if a person says so, taken whole or not at all."""

    PREFIX = "imp"
    MERCHANT_COLUMN: ClassVar[str | None] = None
    AUDIT = Audit(
        merchant_column=None,
        secret=frozenset({"content"}),
        ignored=frozenset({"due_at", "claim", "rows_done"}),
    )

    class Status(models.TextChoices):
        CHECKING = "checking", "Being checked"
        FAULTY = "faulty", "Faulty: nothing was taken"
        READY = "ready", "Ready to be taken"
        TAKING = "taking", "Being taken"
        DONE = "done", "Done"

    file_name = models.CharField(max_length=128)
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField(null=True, editable=False)  # gone once it is taken, or old
    status = models.CharField(max_length=16, choices=Status, default=Status.CHECKING)
    brought_by = models.CharField(max_length=128)
    taken_by = models.CharField(max_length=128, blank=True, default="")
    rows_total = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    merchants = models.PositiveIntegerField(default=0)  # new ones
    stores = models.PositiveIntegerField(default=0)  # new ones
    unchanged = models.PositiveIntegerField(default=0)  # stores that were there
    # [[row, column, message], …]: row as the spreadsheet counts, 0 for the whole sheet.
    faults = models.JSONField(default=list, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    claim = models.UUIDField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(
                fields=["due_at"], condition=models.Q(due_at__isnull=False), name="import_due"
            )
        ]

    def __str__(self) -> str:
        return self.file_name
