"""A sheet that somebody brought: checked whole by a worker, then taken whole or not at all."""

from django.db import models

from tenancy.due_work import TriedRow


class SheetImport(TriedRow):
    """What every kind of sheet keeps: the file, how far it is, and its faults."""

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
    # [[row, column, message], …]: row as the spreadsheet counts, 0 for the whole sheet.
    faults = models.JSONField(default=list, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta(TriedRow.Meta):
        abstract = True

    def __str__(self) -> str:
        return self.file_name
