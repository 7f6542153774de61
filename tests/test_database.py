"""Which database a test process has."""

from pathlib import Path

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from config import env
from tests.database import PREFIX, template_name


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
