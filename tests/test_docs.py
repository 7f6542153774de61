"""The docs say what the code does: pages are compared with tables, links lead somewhere."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
from django.core.management import get_commands, load_command_class
from django.http import Http404
from rest_framework import exceptions

from api import problems
from config import web_worker
from config.reference.commands_page import list_commands, list_targets
from config.reference.pages import PAGES
from config.reference.routes_page import list_routes
from kernel import errors
from tests.test_architecture import ROOT, sources

DOCS = ROOT / "docs"
REFERENCE = DOCS / "reference"
READMES = ("README.md", "CONTRIBUTING.md", "SECURITY.md", "deploy/README.md", "platform/README.md")
STATUS_OF = {kind.__name__: int(status) for kind, status in problems.STATUS_OF.items()}


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_generated_page_is_the_one_that_the_code_prints(name: str) -> None:
    """Renew it with ``make docs``."""
    assert (REFERENCE / name).read_text(encoding="utf-8") == PAGES[name]()


def test_every_address_and_every_command_has_words() -> None:
    routes = (REFERENCE / "routes.md").read_text(encoding="utf-8")
    commands = (REFERENCE / "commands.md").read_text(encoding="utf-8")

    assert len(list_targets()) == len(re.findall(r"^[a-z-]+:(?!=)", _makefile(), re.MULTILINE))
    assert [path for path, _ in list_routes() if f"`{path}`" not in routes] == []
    assert [name for name, does in list_commands() if not does or name not in commands] == []


def _makefile() -> str:
    return (ROOT / "Makefile").read_text(encoding="utf-8")


def test_every_command_that_the_docs_name_and_each_option_with_it_exists() -> None:
    named = {
        (name, *re.findall(r"(?<= )--[a-z-]+", rest))
        for page in pages()
        for name, rest in re.findall(
            r"manage\.py ([a-z_]+)([^`|\n]*)", page.read_text(encoding="utf-8").replace("\\\n", " ")
        )
    }
    apps, unknown = get_commands(), []
    for name, *options in sorted(named):
        command = load_command_class(apps[name], name).create_parser("manage.py", name)
        known = {option for action in command._actions for option in action.option_strings}
        unknown += [(name, option) for option in options if option not in known]

    assert len(named) > 20
    assert unknown == []


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", None) or getattr(node.func, "attr", "")
            yield name, node


def ours() -> Iterator[Path]:
    """The simulator has errors of its own; the kernel only names the kinds."""
    yield from (path for path in sources() if not path.is_relative_to(ROOT / "platform/sandbox"))


def raised() -> Iterator[tuple[str, int]]:
    for path in ours():
        for name, call in calls(path):
            if name in STATUS_OF and call.args:
                code = call.args[0]
                assert isinstance(code, ast.Constant), f"{path}:{call.lineno}: no literal code"
                yield str(code.value), STATUS_OF[name]


def of_the_framework() -> Iterator[tuple[str, int]]:
    for kind, code in problems._FRAMEWORK:
        if kind is Http404:
            yield code, 404
        else:
            assert issubclass(kind, exceptions.APIException)
            yield code, int(kind.status_code)
    for _, status, code, _ in web_worker._REFUSALS:
        yield code, status


def written_as_keywords() -> Iterator[tuple[str, int]]:
    """``problem(status=503, code="…")``."""
    for name, call in calls(Path(problems.__file__)):
        words = {word.arg: word.value for word in call.keywords}
        code, status = words.get("code"), words.get("status")
        if name == "problem" and isinstance(code, ast.Constant):
            assert isinstance(status, ast.Constant)
            yield str(code.value), int(status.value)  # type: ignore[arg-type]


def test_every_problem_that_can_be_answered_has_a_row_and_no_other() -> None:
    page = (REFERENCE / "problems.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| (\d\d\d|4xx) \|", page, re.MULTILINE)
    codes = {*raised(), *of_the_framework(), *written_as_keywords()}

    assert len(rows) == len(set(rows))
    assert {(code, status) for code, status in rows} == {
        ("request_refused", "4xx"),
        *((code, str(status)) for code, status in codes),
    }


def test_the_walk_over_the_code_knows_every_kind_of_error() -> None:
    kinds = {
        kind.__name__
        for kind in vars(errors).values()
        if isinstance(kind, type)
        and issubclass(kind, errors.TillgateError)
        and kind is not errors.TillgateError
    }

    assert set(STATUS_OF) == kinds


def pages() -> list[Path]:
    return [*DOCS.rglob("*.md"), *(ROOT / name for name in READMES)]


def anchors(page: Path) -> set[str]:
    """As GitHub makes them: lower case, no marks, spaces as hyphens."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    broken = []
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", link):
            continue
        address, _, anchor = unquote(link).partition("#")
        target = (page.parent / address).resolve() if address else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)

    assert broken == []


def test_every_page_is_reached_from_the_index_or_the_readme() -> None:
    linked: set[Path] = set()
    for page in pages():
        for link in re.findall(r"\]\(([^)\s#]+)", page.read_text(encoding="utf-8")):
            linked.add((page.parent / link).resolve())
    alone = [
        page for page in DOCS.rglob("*.md") if page not in linked and "decisions" not in str(page)
    ]

    assert [page.name for page in alone if page != DOCS / "index.md"] == []


def test_every_test_that_the_asvs_list_names_exists() -> None:
    named = set(re.findall(r"`(test_\w+)`", (REFERENCE / "asvs.md").read_text(encoding="utf-8")))
    tests = "".join(page.read_text(encoding="utf-8") for page in (ROOT / "tests").rglob("*.py"))

    assert named
    assert sorted(name for name in named if f"def {name}(" not in tests) == []


def test_decisions_are_numbered_once_and_without_gaps() -> None:
    numbers = [int(page.name[:4]) for page in sorted((DOCS / "decisions").glob("*.md"))]

    assert numbers == list(range(1, len(numbers) + 1))
