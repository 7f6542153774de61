"""What the README says is what the code does: the tables, and every line of curl."""

import re
import shlex
from dataclasses import asdict
from pathlib import Path

import sandbox
from sandbox.faults import CALLS, FAULTS, MAGIC_PREFIX
from sandbox.files.breaks import NAMES
from sandbox.gateway import SERVICES
from sandbox.readings import Readings
from tests.sandbox.till import Till

README = (Path(sandbox.__file__).parent / "README.md").read_text(encoding="utf-8")


def _table(first: str) -> list[list[str]]:
    """The rows of the table whose head begins with ``first``, without the marks of code."""
    lines = README[README.index(f"| {first} |") :].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines]


def _at(services: tuple[str, ...]) -> str:
    if set(services) >= set(CALLS):
        return ", ".join(["every call", *(one for one in services if one not in CALLS)])
    return ", ".join(services)


def test_the_table_of_faults_is_the_codes_table() -> None:
    assert _table("code") == [
        [
            MAGIC_PREFIX + fault.number,
            fault.name,
            fault.does,
            "" if fault.seconds is None else str(fault.seconds),
            _at(fault.services),
        ]
        for fault in FAULTS.values()
    ]


def test_the_table_of_breaks_is_complete() -> None:
    told = [name.strip(" `") for row in _table("break") for name in row[0].split(",")]
    assert sorted(told) == sorted(NAMES)


def test_the_table_of_calls_is_complete() -> None:
    assert {row[0] for row in _table("service")} == set(SERVICES)


def test_the_table_of_readings_has_the_defaults() -> None:
    told = {row[0]: row[1] for row in _table("reading")}
    assert told == {
        name: str(value).lower() if isinstance(value, bool) else value
        for name, value in asdict(Readings()).items()
    }


def test_every_line_of_curl_works(till: Till) -> None:
    lines = re.findall(r"^curl .*$", README, re.MULTILINE)
    for line in lines:
        words = shlex.split(line.replace("$SANDBOX", f"{till.url}/control"))[2:]
        method = "GET"
        if words[0] == "-X":
            method, words = words[1], words[2:]
        body = words[words.index("-d") + 1] if "-d" in words else None
        answer = till.http.request(method, words[0], data=body, timeout=10)
        assert answer.status_code in (200, 201), (line, answer.text)
    assert len(lines) == 24
