"""Many more rows of everything that an acquirer has: one query per row is found out."""

from typing import Any

from django.db import DatabaseError, models, transaction

from kernel import ids
from tenancy.scope import platform_scope
from tenancy.scoped import TenantModel
from tests.tenancy.walk.furnish import World

ROWS = 32  # more than the limit of queries


def crowd(world: World) -> None:
    """ROWS more like each row of ``world``, where its table has no rule against it."""
    with platform_scope():
        for row in list(world.rows.values()):
            if isinstance(row, TenantModel):
                _multiply(row)


def _multiply(row: Any) -> None:
    keys = {name for unique in row._meta.total_unique_constraints for name in unique.fields}
    for number in range(ROWS):
        values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
        values["id"] = ids.new_uuid()
        for name in keys - {"id"}:
            if isinstance(row._meta.get_field(name), models.CharField):
                values[name] = f"{str(values[name])[:8]}{number}"
        try:
            with transaction.atomic():
                type(row).objects.bulk_create([type(row)(**values)])
        except DatabaseError:
            return
