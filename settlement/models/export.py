"""An export: a filtered list of the console as a file, made in the background."""

import secrets
from typing import ClassVar

from django.db import models
from django.db.models import Q

from tenancy.due_work import TriedRow
from tenancy.models import Staff


class Export(TriedRow):
    """What was asked for, how far it is, and where the file lies until it is forgotten."""

    PREFIX = "xpt"
    MERCHANT_COLUMN: ClassVar[str | None] = None

    class Status(models.TextChoices):
        WRITING = "writing", "being written"
        DONE = "done", "done"
        FAILED = "failed", "failed"

    class Form(models.TextChoices):
        CSV = "csv", "CSV"
        XLSX = "xlsx", "XLSX"

    of = models.CharField("list", max_length=16)  # settlement.exports.tables
    filters = models.TextField(blank=True, default="")  # the list's own query string
    form = models.CharField("format", max_length=4, choices=Form)
    asked_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    status = models.CharField(max_length=8, choices=Status, default=Status.WRITING)
    rows_total = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    size_bytes = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True, default="")
    stored_as = models.CharField(max_length=80, blank=True, default="", editable=False)
    why_failed = models.CharField(max_length=256, blank=True, default="")
    ended_at = models.DateTimeField(null=True)

    class Meta(TriedRow.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(status="writing", due_at__isnull=False)
                | (~Q(status="writing") & Q(due_at__isnull=True)),
                name="export_is_due_while_it_is_written",
            )
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="export_due"),
            models.Index(fields=["acquirer", "-id"], name="export_of_acquirer"),
        ]

    @property
    def file_name(self) -> str:
        """What it is called when it is taken away."""
        return f"{self.of}-{self.created_at:%Y%m%d-%H%M%S}.{self.form}"


def random_place() -> str:
    """A name in the private storage that nobody can guess."""
    return f"exports/{secrets.token_hex(16)}"
