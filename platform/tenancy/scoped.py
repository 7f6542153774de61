"""The base of every tenant's table: time-ordered id, acquirer, and a manager that is scoped."""

from dataclasses import dataclass
from typing import Any, ClassVar, Self, TypeVar
from uuid import UUID

from django.apps import apps
from django.db import models

from kernel import clock, ids
from tenancy.masking import check_not_masked, hide
from tenancy.models import Acquirer
from tenancy.scope import get_scope

M = TypeVar("M", bound=models.Model)


@dataclass(frozen=True, slots=True)
class Through:
    """Of rows that several merchants share: the table ``model`` says whose they are.

    A merchant sees the row where that table has one with the row's ``column`` in its own column
    ``theirs`` and the merchant in ``merchant_id``.
    """

    model: str  # "loyalty.Participation"
    column: str
    theirs: str

    def find_model(self) -> type[models.Model]:
        """The table's class; by name, since it may be described after the rows that need it."""
        return apps.get_model(self.model)


class ScopedManager(models.Manager[M]):
    """Sees the rows of the scope in force; without one every query raises OutOfScope."""

    def get_queryset(self) -> models.QuerySet[M]:
        scope = get_scope()
        rows = super().get_queryset()
        if scope.acquirer_id is not None:
            rows = rows.filter(acquirer_id=scope.acquirer_id)
        merchant_column = getattr(self.model, "MERCHANT_COLUMN", None)
        if scope.merchant_id is None or merchant_column is None:
            return rows
        if isinstance(merchant_column, Through):
            shared = merchant_column.find_model()._default_manager  # scoped itself
            rows = rows.filter(
                **{f"{merchant_column.column}__in": shared.values(merchant_column.theirs)}
            )
        else:
            rows = rows.filter(**{merchant_column: scope.merchant_id})
        return rows


class TenantModel(models.Model):
    """A row that belongs to one acquirer and, where MERCHANT_COLUMN says so, to one merchant."""

    PREFIX: ClassVar[str]
    # The column that names the merchant, for the managers and for row-level security alike;
    # None: the rows belong to the acquirer, and no merchant's credentials see them.
    # Through: several merchants share them.
    MERCHANT_COLUMN: ClassVar[str | Through | None] = "merchant_id"

    id = models.UUIDField(primary_key=True, default=ids.new_uuid, editable=False)
    acquirer = models.ForeignKey(Acquirer, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = ScopedManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    def __str__(self) -> str:
        return self.public_id

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Raises MaskedRow for a row that was read masked."""
        check_not_masked(self)
        super().save(*args, **kwargs)

    @classmethod
    def from_db(cls, *args: Any, **kwargs: Any) -> Self:
        """Every row comes this way: what is hidden for whoever asks is hidden here."""
        row = super().from_db(*args, **kwargs)
        hide(row)
        return row

    @property
    def public_id(self) -> str:
        """The id as the API shows it: ``str_01j…``."""
        return ids.encode(self.PREFIX, self.id)

    @classmethod
    def public_id_to_uuid(cls, text: str) -> UUID:
        """The UUID behind a public id of this kind; raises kernel.ids.InvalidId."""
        return ids.decode(cls.PREFIX, text)

    @classmethod
    def tenant_models(cls) -> list[type[Self]]:
        """Every concrete tenant table of the project."""
        return [model for model in apps.get_models() if issubclass(model, cls)]
