"""An app's first migration makes its tables at once, and takes nothing that is no table."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection, migrations, models
from django.db.migrations.state import ProjectState

from tenancy.first_migration import FirstMigration
from tenancy.scoped import TenantModel
from tests.tenancy.walk.secrets import as_owner_of_the_tables

OURS = sorted({model._meta.app_label for model in TenantModel.tenant_models()})
SHELF = ("shelf", [("id", models.AutoField(primary_key=True)), ("name", models.TextField())])


class Shelves(FirstMigration):
    operations = (
        migrations.CreateModel(*SHELF),
        migrations.AddField("shelf", "height", models.IntegerField(default=3)),
        migrations.AddIndex("shelf", models.Index(fields=["name"], name="shelf_by_name")),
        migrations.AddConstraint(
            "shelf", models.CheckConstraint(condition=models.Q(height__gt=0), name="shelf_is_high")
        ),
    )


@pytest.mark.django_db
def test_a_table_has_what_later_operations_of_the_same_migration_add_to_it() -> None:
    with as_owner_of_the_tables(), connection.schema_editor(atomic=False) as editor:
        state = Shelves("0001_tables", "tenancy").apply(ProjectState(), editor)
        found = connection.introspection
        with connection.cursor() as cursor:
            columns = [
                column.name for column in found.get_table_description(cursor, "tenancy_shelf")
            ]
            rules = set(found.get_constraints(cursor, "tenancy_shelf"))

    assert columns == ["id", "name", "height"]
    assert "shelf_is_high" in rules
    assert state.models["tenancy", "shelf"].fields["height"].default == 3


def test_statements_of_ones_own_are_refused_before_any_table_is_made() -> None:
    class Mixed(FirstMigration):
        operations = (migrations.RunSQL("SELECT 1"), migrations.CreateModel(*SHELF))

    state = ProjectState()

    with pytest.raises(TypeError, match=r"RunSQL.*does not belong into the first migration"):
        Mixed("0001_tables", "tenancy").apply(state, None)  # type: ignore[arg-type]
    assert state.models == {}


@pytest.mark.parametrize("label", OURS)
def test_every_app_of_ours_begins_with_one(label: str) -> None:
    name = apps.get_app_config(label).name

    first = import_module(f"{name}.migrations.0001_tables").Migration

    assert issubclass(first, FirstMigration)
