"""A whole acquirer: one row in every table that has a page in the admin, each with a mark in it.

The mark stands in every text that may hold one, so that a page of somebody else's that shows the
row in any way shows the mark.
"""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.contrib import admin
from django.db import DatabaseError, models, transaction

from merchants.models import Merchant
from tenancy.models import Acquirer, AuditEntry, Staff
from tenancy.scope import platform_scope
from tenancy.scoped import TenantModel
from tests.factories.tenancy import AcquirerFactory, StaffFactory
from tests.people import Person, make_person
from tests.tenancy.rows import make_row

_TEXTS = (models.CharField, models.TextField)


@dataclass
class World:
    """One acquirer with everything in it."""

    mark: str
    person: Person
    staff: Staff
    rows: dict[type[models.Model], Any] = field(default_factory=dict)
    made: dict[type[models.Model], Any] = field(default_factory=dict)  # what rows point to

    @cached_property
    def traces(self) -> set[str]:
        """What no page of another acquirer may hold: the mark, and every id of a row."""
        found = {self.mark}
        for row in self.rows.values():
            if isinstance(row, AuditEntry | Staff):
                continue  # numbered: their texts hold the mark, their numbers mean nothing
            found |= {str(row.pk), getattr(row, "public_id", str(row.pk))}
        return found

    def leaks(self, text: str, *, asked: str = "") -> list[str]:
        """What of this acquirer stands in ``text``, other than what the request itself named."""
        return sorted(trace for trace in self.traces if trace in text and trace not in asked)


def furnish(mark: str) -> World:
    """A new acquirer whose every row is marked with ``mark``."""
    acquirer = AcquirerFactory(name=f"Bank {mark}", slug=mark.lower())
    staff = StaffFactory(acquirer=acquirer, name=f"Person {mark}", email=f"{mark.lower()}@x.com")
    world = World(mark, make_person(acquirer), staff, made={Staff: staff})
    with platform_scope():
        Merchant.objects.filter(pk=world.person.merchant.pk).update(legal_name=f"Legal {mark}")
        for model in admin.site._registry:
            world.rows[model] = _row(model, world)
    return world


def _row(model: type[models.Model], world: World) -> Any:
    if model is Acquirer:
        return world.person.acquirer
    if model is Staff:
        return world.staff
    if model is AuditEntry:
        return AuditEntry.objects.filter(acquirer=world.person.acquirer).latest("id")
    if issubclass(model, TenantModel):
        row = make_row(model, world.person, world.made)
        _mark(row, world.mark)
        return row
    raise AssertionError(
        f"{model._meta.label} has a page in the admin and no row in the walk: say in _row of "
        "tests/tenancy/walk/furnish.py how one is made for an acquirer"
    )


def _mark(row: Any, mark: str) -> None:
    """Write the mark into each free text of the row whose table allows it."""
    names = [column.attname for column in row._meta.concrete_fields if _may_hold(column, mark)]
    if not _is_written(row, names, mark):  # a check of the table wants something else somewhere
        for name in names:
            _is_written(row, [name], mark)


def _may_hold(column: Any, mark: str) -> bool:
    if not isinstance(column, _TEXTS) or column.choices or column.primary_key:
        return False
    if column.name == "zone":  # no free text: pages tell times by it
        return False
    return not isinstance(column, models.CharField) or (column.max_length or 999) >= len(mark)


def _is_written(row: Any, names: list[str], mark: str) -> bool:
    try:
        with transaction.atomic():
            type(row).objects.filter(pk=row.pk).update(**dict.fromkeys(names, mark))
    except (DatabaseError, ValueError):
        return False
    return True
