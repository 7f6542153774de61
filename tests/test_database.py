"""Which database a test process has."""

from pathlib import Path

import pytest
from django.contrib.auth.models import Permission
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from config import env
from merchants.models import Merchant
from tenancy.models import AuditEntry
from tenancy.ownership import as_owner
from tenancy.scope import platform_scope
from tests.database import PREFIX, address_of, empty, template_name
from tests.people import make_person


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://u:p@db:5432/one", "postgresql://u:p@db:5432/two"),
        ("postgresql://u@/one?host=/tmp/x/pg", "postgresql://u@/two?host=/tmp/x/pg"),
        ("postgresql:///one?host=/tmp/x/pg", "postgresql:///two?host=/tmp/x/pg"),
    ],
)
def test_a_database_stands_beside_the_one_of_the_address(url: str, expected: str) -> None:
    assert address_of(url, "two") == expected


def _checkout(root: Path, **files: str) -> Path:
    """Files of ``payments/models``; a name with ``views`` is one beside that folder."""
    for name in ("pyproject.toml", "requirements/development.txt"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("")
    for name, text in files.items():
        folder = root / "payments" / ("api" if name == "views" else "models")
        path = folder / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def test_another_code_is_another_template_and_the_same_is_the_same(tmp_path: Path) -> None:
    first = template_name(_checkout(tmp_path / "1", models="a = 1"))

    assert template_name(_checkout(tmp_path / "2", models="a = 1")) == first
    assert template_name(_checkout(tmp_path / "3", models="a = 2")) != first
    assert template_name(_checkout(tmp_path / "4", model="a = 1")) != first
    assert template_name(_checkout(tmp_path / "5", models="a = 1", more="")) != first
    assert template_name(_checkout(tmp_path / "6", models="a = 1", views="b = 2")) == first
    assert template_name(env.BASE_DIR).startswith(PREFIX)


@pytest.mark.django_db
def test_this_process_has_a_copy_of_its_own_in_which_nothing_is_left_to_migrate(
    worker_id: str,
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database(), current_user")
        name, user = cursor.fetchone()

    assert name.startswith("test_")
    assert name.endswith(worker_id.removeprefix("master"))
    assert user == "tillgate_app"
    executor = MigrationExecutor(connection)
    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []


@pytest.mark.django_db(transaction=True)
def test_what_a_test_has_committed_is_gone_and_the_database_keeps_its_rows_as_before() -> None:
    permissions = Permission.objects.count()
    make_person()
    with platform_scope():
        assert Merchant.objects.exists()
        assert AuditEntry.objects.exists()

    empty("default")

    with platform_scope():
        assert [each.objects.count() for each in (Merchant, AuditEntry)] == [0, 0]
        assert Permission.objects.count() == permissions > 0
        make_person()
        with as_owner("default"), pytest.raises(DatabaseError, match="never edited"):
            AuditEntry.objects.update(actor="nobody")
