"""What Dockerfile and compose.yaml name exists: modules, files, settings, services."""

import importlib.util
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from config.env import BASE_DIR

DEPLOY = BASE_DIR / "deploy"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text()
SERVICES: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
OURS = sorted(name for name, service in SERVICES.items() if "build" in service)
REQUIREMENTS = ("production", "sandbox")
SECRETS = re.compile(r"PASSWORD|SECRET|KEY")


def _commands() -> list[tuple[str, list[str]]]:
    found = [(name, SERVICES[name]["command"]) for name in OURS]
    found += [
        (f"{name} health", service["healthcheck"]["test"][1:])
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
        "postgres", "valkey", "migrate", "web", "worker", "webhooks", "beat", "sandbox",
    }  # fmt: skip
    for name in ("postgres", "valkey", "worker", "webhooks", "sandbox"):
        assert "test" in SERVICES[name]["healthcheck"], name
    for name in set(SERVICES) - {"migrate"}:
        assert SERVICES[name]["restart"] == "unless-stopped", name


def test_who_needs_the_tables_waits_for_the_migration() -> None:
    for name in ("web", "worker", "webhooks", "beat"):
        wanted = SERVICES[name]["depends_on"]["migrate"]
        assert wanted == {"condition": "service_completed_successfully"}


def test_no_secret_stands_in_compose() -> None:
    given = [
        value
        for service in SERVICES.values()
        for variable, value in service.get("environment", {}).items()
        if SECRETS.search(variable)
    ]

    assert given == ["${POSTGRES_PASSWORD:?set it in deploy/.env}"]
    assert all(
        SERVICES[name]["env_file"] == ".env" for name in ("web", "worker", "webhooks", "beat")
    )


def test_no_secret_is_sent_to_the_builder() -> None:
    ignored = (DEPLOY / "Dockerfile.dockerignore").read_text().split()

    assert {"**/.env", ".data", ".git", ".venv"} <= set(ignored)


@pytest.mark.parametrize("name", ["web", "worker", "beat", "migrate"])
def test_the_images_file_is_where_compose_looks(name: str) -> None:
    build = SERVICES[name]["build"]

    assert (DEPLOY / build["context"] / build["dockerfile"]).resolve() == DEPLOY / "Dockerfile"
    assert Path(DEPLOY / build["context"]).resolve() == BASE_DIR
