"""Turns recorded statements into a pgbench script: the same SQL, new ids for each payment.

Two recordings are compared. What is the same in both is sent as it is; a UUID that differs becomes
one made of pgbench's counter, the same wherever the recording had the same; text that differs ends
in the counter. So one run of the script is one payment, with statements as the code sends them.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from tests.bench.capture import Statement

_NAMED = re.compile(r"%\((\w+)\)s|%s")
# Later payments have greater ids, as in the code; clients take turns, so they never meet.
_COUNT = ["\\set n :n + 1", "\\set number :n * 1000 + :client_id"]
_COUNTER = ":number::bigint"


@dataclass
class Script:
    """``text`` for ``--file`` and the variables for ``--define``."""

    text: str
    variables: dict[str, str] = field(default_factory=dict)


def write_script(first: list[Statement], second: list[Statement], *, name: str) -> Script:
    """One payment from two recordings of the same code path, each statement in its own round trip.

    ``name`` begins the names of its variables: pgbench shares them among scripts. Raises
    ValueError if the recordings differ in more than values.
    """
    if [each.sql for each in first] != [each.sql for each in second]:
        raise ValueError("the two recorded payments did not send the same statements")
    writer = _Writer(name)
    lines = list(_COUNT)
    for here, there in zip(first, second, strict=True):
        lines.append(writer.statement(here, there) + ";")
    return Script("\n".join(lines) + "\n", writer.variables | {"n": "0"})


class _Writer:
    def __init__(self, name: str) -> None:
        self._name = name
        self.variables: dict[str, str] = {}
        self._slots: dict[UUID, int] = {}

    def statement(self, here: Statement, there: Statement) -> str:
        names = iter(here.params)

        def replace(found: re.Match[str]) -> str:
            name = found[1] or next(names)
            return self._value(here.params[name], there.params[name])

        text = _NAMED.sub(replace, here.sql).replace("%%", "%")
        return " ".join(text.split())

    def _value(self, here: Any, there: Any) -> str:
        if here is None:
            return "NULL"
        if isinstance(here, datetime):
            return "now()"
        if isinstance(here, UUID) and here != there:
            return self._uuid(here)
        if isinstance(here, list):
            return f"ARRAY[{', '.join(map(self._value, here, there))}]"
        if isinstance(here, str) and here != there:
            same = self._constant(here[: max(0, len(here) - 16)])
            return f"({same} || lpad({_COUNTER}::text, 16, '0'))::text"
        text, kind = _written(here)
        return f"{self._constant(text)}::{kind}"

    def _uuid(self, value: UUID) -> str:
        slot = self._slots.setdefault(value, len(self._slots))
        high = f"lpad(to_hex({_COUNTER}), 16, '0')"
        return f"({high} || '80000000000000{slot:02x}')::uuid"

    def _constant(self, text: str) -> str:
        for name, value in self.variables.items():
            if value == text:
                return f":{name}"
        name = f"{self._name}_{len(self.variables)}"
        self.variables[name] = text
        return f":{name}"


_KINDS: dict[type, tuple[str, Callable[[Any], str]]] = {
    bool: ("boolean", lambda value: str(value).lower()),
    int: ("bigint", str),
    str: ("text", str),
    UUID: ("uuid", str),
    bytes: ("bytea", lambda value: f"\\x{value.hex()}"),
    Jsonb: ("jsonb", lambda value: json.dumps(value.obj)),
}


def _written(value: Any) -> tuple[str, str]:
    kind, write = _KINDS[type(value)]
    return write(value), kind
