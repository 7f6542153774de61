"""What a role sees only the end of is hidden as the row is read: no page can forget it.

The middleware says which columns are hidden for the person (tenancy.roles.MASKED); every row of a
tenant's table that is read meanwhile comes with them hidden, whichever page, search, story or
export asked. Such a row is not saved.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any

from django.db import models

Columns = Mapping[str, frozenset[str]]

_HIDDEN = "••••"
_SHOWN = 2  # characters at the end, so that two people on the phone can compare
# Inside of JSON and of messages the names say what is a person's.
_PERSONAL = re.compile(
    r"payer|buyer|email|phone|mobile|contact|bank|iban|responsible|card", re.IGNORECASE
)
_ELEMENT = re.compile(r"(<([A-Za-z_]+)>)([^<]+)(?=</\2>)")
_NOTHING: Columns = MappingProxyType({})
_columns: ContextVar[Columns] = ContextVar("tillgate_masked", default=_NOTHING)


class MaskedRow(RuntimeError):
    """A row with hidden values was about to be saved: a fault of the program."""


@contextmanager
def masking(columns: Columns) -> Iterator[None]:
    """Hide ``columns`` (``{"payments.payment": {"payer_account"}}``) in every row read inside."""
    token = _columns.set(columns)
    try:
        yield
    finally:
        _columns.reset(token)


def hide(row: models.Model) -> None:
    """Hide what is hidden now in ``row``, which was just read."""
    hidden = _columns.get().get(row._meta.label_lower)
    if not hidden:
        return
    row.__dict__["is_masked"] = True
    for name in hidden & row.__dict__.keys():
        row.__dict__[name] = mask_value(row.__dict__[name])


def hidden_names() -> frozenset[str]:
    """The names of all columns that are hidden now, of whichever table."""
    return frozenset().union(*_columns.get().values())


def check_not_masked(row: models.Model) -> None:
    """Raises MaskedRow for a row whose true values are not all there."""
    if row.__dict__.get("is_masked"):
        raise MaskedRow(f"{row._meta.label} was read masked and cannot be saved")


def mask_value(value: Any) -> Any:
    """``value`` with its end only; of JSON and of a message, what names say is a person's."""
    if isinstance(value, Mapping):
        return {name: _mask_named(name, each) for name, each in value.items()}
    if isinstance(value, list):
        return [mask_value(each) for each in value]
    if isinstance(value, str) and value:
        return _mask_text(value)
    return value


def _mask_named(name: str, value: Any) -> Any:
    if _PERSONAL.search(name):
        return _mask_all(value)
    return mask_value(value) if isinstance(value, Mapping | list) else value


def _mask_all(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _mask_all(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_mask_all(each) for each in value]
    return value if value is None or value == "" else _end_of(str(value))


def _mask_text(text: str) -> str:
    if text.lstrip().startswith("<"):
        return _ELEMENT.sub(_mask_element, text)
    return _end_of(text)


def _mask_element(found: re.Match[str]) -> str:
    opening, name, content = found.groups()
    return opening + (_end_of(content) if _PERSONAL.search(name) else content)


def _end_of(text: str) -> str:
    return _HIDDEN + (text[-_SHOWN:] if len(text) > 3 * _SHOWN else "")
