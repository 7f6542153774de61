"""A check of an acquirer's books: when it was made, and what it found."""

from typing import Any, ClassVar

from django.db import models

from tenancy.scoped import TenantModel


class BooksCheck(TenantModel):
    """Written when the check has ended. ``faults`` counts what was found by all of them together;
    ``findings`` is, by the name of each invariant, how many and the first of them in words."""

    PREFIX = "bck"
    MERCHANT_COLUMN: ClassVar[str | None] = None
    IS_APPEND_ONLY: ClassVar[bool] = True

    began_at = models.DateTimeField()
    faults = models.PositiveIntegerField()
    findings = models.JSONField(default=dict)

    class Meta(TenantModel.Meta):
        verbose_name = "check of the books"
        verbose_name_plural = "checks of the books"
        indexes = [models.Index(fields=["acquirer", "-id"], name="books_check_of_acquirer")]

    def found(self) -> list[tuple[str, dict[str, Any]]]:
        """The invariants that do not hold, each with ``count`` and ``first``."""
        return [(name, each) for name, each in self.findings.items() if each["count"]]
