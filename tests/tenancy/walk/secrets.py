"""Something personal in every column that support may not read."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, models

from tenancy.roles import MASKED, Role
from tenancy.scope import platform_scope
from tests.tenancy.rows import make_row
from tests.tenancy.walk.furnish import World

SECRET = "SECRET-OF-A-PERSON"


def plant_secrets(world: World) -> None:
    """Write SECRET wherever MASKED says that it is nothing for support."""
    with platform_scope():
        for label, names in MASKED[Role.SUPPORT].items():
            model: Any = apps.get_model(label)
            row = world.rows.get(model) or make_row(model, world.person, world.made)
            values = {name: _personal(model, name) for name in names}
            with as_owner_of_the_tables():
                model.objects.filter(pk=row.pk).update(**values)


@contextmanager
def as_owner_of_the_tables() -> Iterator[None]:
    """Some are written once by the code's role and never changed."""
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        yield
        cursor.execute(f"SET ROLE {connection.ops.quote_name(settings.DATABASE_ROLE)}")


def label_of(model: type[models.Model], name: str) -> str:
    return f"{model._meta.label_lower}.{name}"


def _personal(model: type[models.Model], name: str) -> Any:
    column = model._meta.get_field(name)
    if isinstance(column, models.JSONField):
        return {"buyer_email": SECRET, "deep": [{"payer": {"account": SECRET}}], "code": "kept"}
    if label_of(model, name) == "payments.attempt.response":
        return f"<alipay><buyer_email>{SECRET}</buyer_email><code>kept</code></alipay>"
    longest: int | None = getattr(column, "max_length", None)
    return SECRET[: longest or None]
