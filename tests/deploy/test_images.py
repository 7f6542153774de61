"""What Dockerfile and compose.yaml name exists: modules, files, settings, services."""

import importlib.util
import re
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

from config.embedded import cluster
from config.env import BASE_DIR
from config.supervisor import programs

DEPLOY = BASE_DIR / "deploy"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text()
SERVICES: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
OURS = sorted(name for name, service in SERVICES.items() if "build" in service)
REQUIREMENTS = ("production", "sandbox")
SECRETS = re.compile(r"PASSWORD|SECRET|KEY")


def _words(how: str, *command: str) -> list[str]:
    return shlex.split(command[0]) if how == "CMD-SHELL" else [*command]


def _commands() -> list[tuple[str, list[str]]]:
    found = [(name, SERVICES[name]["command"]) for name in OURS]
    found += [
        (f"{name} health", _words(*service["healthcheck"]["test"]))
        for name, service in SERVICES.items()
        if name in OURS and "test" in service.get("healthcheck", {})
    ]
    instructions = re.findall(r"^(?:HEALTHCHECK .*)?CMD (\[.*\])$", DOCKERFILE, re.MULTILINE)
    return found + [("image", yaml.safe_load(words)) for words in instructions]


@pytest.mark.parametrize(("where", "command"), _commands())
def test_every_command_names_what_exists(where: str, command: list[str]) -> None:
    assert command[0] == "python", where
    if command[1] == "-m":
        assert importlib.util.find_spec(f"{command[2]}.__main__") is not None
    else:
        assert (BASE_DIR / command[1]).is_file()
    for word in command:
        if word.startswith(("platform/", "deploy/")):
            assert (BASE_DIR / word).is_file()


def test_the_image_has_a_command_and_a_health_check() -> None:
    assert [where for where, _ in _commands()].count("image") == 2


def test_everything_that_the_image_copies_exists() -> None:
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE)
    sources = [source for line in copied for source in shlex.split(line)]

    names = {source.replace("${REQUIREMENTS}", name) for source in sources for name in REQUIREMENTS}

    assert "platform" in names
    assert [name for name in sorted(names) if not (BASE_DIR / name).exists()] == []


def test_the_image_holds_every_package_of_the_project() -> None:
    packages = {path.parent.name for path in BASE_DIR.glob("*/__init__.py")} - {"tests"}

    missing = [name for name in sorted(packages) if f"COPY {name} /app/{name}" not in DOCKERFILE]

    assert missing == []


def test_the_image_installs_checked_dependencies_and_runs_as_an_ordinary_user() -> None:
    assert "--require-hashes" in DOCKERFILE
    assert re.findall(r"^USER (\S+)$", DOCKERFILE, re.MULTILINE) == ["tillgate"]


def test_compose_has_every_part_and_a_way_to_know_its_health() -> None:
    assert set(SERVICES) == {
        "postgres", "valkey", "migrate", "web", "worker", "webhooks", "books", "beat",
        "sandbox",
    }  # fmt: skip
    for name in ("postgres", "valkey", "worker", "webhooks", "books", "sandbox"):
        assert "test" in SERVICES[name]["healthcheck"], name
    for name in set(SERVICES) - {"migrate"}:
        assert SERVICES[name]["restart"] == "unless-stopped", name


def test_the_database_of_compose_has_the_settings_that_were_measured() -> None:
    told = [part.removeprefix("-c").partition("=") for part in SERVICES["postgres"]["command"][1:]]

    assert {name: value for name, _, value in told} == cluster.MEASURED


def test_who_needs_the_tables_waits_for_the_migration() -> None:
    for name in ("web", "worker", "webhooks", "books", "beat"):
        wanted = SERVICES[name]["depends_on"]["migrate"]
        assert wanted == {"condition": "service_completed_successfully"}


def test_who_writes_a_file_and_who_hands_it_out_share_its_folder() -> None:
    """The folders of env.example lie in a volume of web, workers and their image."""
    example = (DEPLOY / "env.example").read_text()
    folders = re.findall(r"^TILLGATE_(?:DOCUMENTS|\w+_FILES)_DIR=(\S+)$", example, re.MULTILINE)
    assert len(folders) == 3
    assert all(folder.startswith("/files/") for folder in folders)
    for name in ("web", "worker", "books"):
        assert "files:/files" in SERVICES[name]["volumes"], name
    assert re.search(r"^VOLUME .*/files", DOCKERFILE, re.MULTILINE)
    assert "/files" in DOCKERFILE.partition("USER")[0]


def test_every_queue_has_its_workers_in_compose_and_on_one_machine() -> None:
    wanted = {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()} | {
        settings.CELERY_TASK_DEFAULT_QUEUE
    }
    compose = {_queues(service.get("command", [])) for service in SERVICES.values()} - {""}
    alone = {_queues(each.command) for each in (programs.worker(), programs.webhook_worker())}

    assert compose == wanted
    assert set(",".join(alone).split(",")) == wanted


def test_books_are_done_by_workers_of_their_own_where_so_many_are_wanted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert programs.books_workers() == []
    monkeypatch.setenv("TILLGATE_BOOKS_PROCESSES", "2")

    told = {each.name: _queues(each.command) for each in programs.books_workers()}

    assert told == {"books-1": "books", "books-2": "books"}
    assert _queues(programs.worker().command) == "tillgate"


def _queues(command: Sequence[str]) -> str:
    """What stands behind ``--queues``; empty where nothing does."""
    return command[command.index("--queues") + 1] if "--queues" in command else ""


def test_no_secret_stands_in_compose() -> None:
    given = [
        value
        for service in SERVICES.values()
        for variable, value in service.get("environment", {}).items()
        if SECRETS.search(variable)
    ]

    assert given == ["${POSTGRES_PASSWORD:?set it in deploy/.env}"]
    assert all(
        SERVICES[name]["env_file"] == ".env"
        for name in ("web", "worker", "webhooks", "books", "beat")
    )


def test_no_secret_is_sent_to_the_builder() -> None:
    ignored = (DEPLOY / "Dockerfile.dockerignore").read_text().split()

    assert {"**/.env", ".data", ".git", ".venv"} <= set(ignored)


@pytest.mark.parametrize("name", ["web", "worker", "beat", "migrate"])
def test_the_images_file_is_where_compose_looks(name: str) -> None:
    build = SERVICES[name]["build"]

    assert (DEPLOY / build["context"] / build["dockerfile"]).resolve() == DEPLOY / "Dockerfile"
    assert Path(DEPLOY / build["context"]).resolve() == BASE_DIR
