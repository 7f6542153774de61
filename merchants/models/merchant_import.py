"""A sheet of merchants and stores that somebody brought."""

from typing import ClassVar

from django.db import models

from merchants.models.sheet_import import SheetImport
from tenancy.audit import Audit
from tenancy.due_work import PROGRESS


class MerchantImport(SheetImport):
    """Checked whole by a worker, then, if a person says so, taken whole or not at all."""

    PREFIX = "imp"
    MERCHANT_COLUMN: ClassVar[str | None] = None
    AUDIT = Audit(
        merchant_column=None,
        secret=frozenset({"content"}),
        ignored=PROGRESS | {"rows_done"},
    )

    merchants = models.PositiveIntegerField(default=0)  # new ones
    stores = models.PositiveIntegerField(default=0)  # new ones
    unchanged = models.PositiveIntegerField(default=0)  # stores that were there

    class Meta(SheetImport.Meta):
        indexes = [
            models.Index(
                fields=["due_at"], condition=models.Q(due_at__isnull=False), name="import_due"
            )
        ]
