"""The words that pages take from models and admin classes, made to be translated where shown.

Tables, columns, choices, columns of lists, actions, buttons: their English is written once, in the
code that defines them, and needs no mark there.
"""

from collections.abc import Iterator
from dataclasses import fields as dataclass_fields
from dataclasses import is_dataclass
from typing import Any

from django.contrib import admin
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from ledger.chart import KINDS as CHART
from payments.contradictions import EXPLANATIONS
from payments.state import PUBLIC, RefundStatus
from proposals.kinds import KINDS
from settlement.books.invariants import INVARIANTS
from settlement.exports.tables import TABLES as EXPORTS
from tenancy.scoped import TenantModel

_OF_MODEL = ("verbose_name", "verbose_name_plural")
_OF_FIELD = ("verbose_name", "help_text")
_OF_FORM_FIELD = ("label", "help_text")
_OF_ACT = ("label", "warning")
_OURS = (
    "tenancy",
    "portal",
    "proposals",
    "events",
    "ledger",
    "merchants",
    "payments",
    "loyalty",
    "settlement",
)


# A property of every tenant's row, and a column of most lists.
PUBLIC_ID: Any = TenantModel.__dict__["public_id"].fget
PUBLIC_ID.short_description = "public id"


def make_translatable() -> None:
    """Let each word be looked up in the person's language at the moment it is shown."""
    for owner, name in _places():
        said = getattr(owner, name, None)
        if isinstance(said, str | Promise) and str(said):  # a plural is made lazily by Django
            _put(owner, name, gettext_lazy(str(said)))
    for field in _columns():
        if field.choices:
            field.choices = [(value, _lazy(label)) for value, label in field.flatchoices]


def words() -> list[str]:
    """All of them in English, for the catalogues."""
    said = [getattr(owner, name, None) for owner, name in _places()]
    columns = [field for field in _columns() if field.name != "language"]
    said += [label for field in columns for _value, label in field.flatchoices]
    said += [label for page in _pages() for label in _titles(page)]
    said += _tables()
    return sorted({str(word) for word in said if word and isinstance(word, str | Promise)})


def _tables() -> list[str]:
    """Words of tables that templates look up as they show them."""
    explained = EXPLANATIONS.values()
    said = [text for each in explained for text in (each.message, each.done)]
    said += [*PUBLIC.values(), *RefundStatus, *(kind.label for kind in KINDS.values())]
    said += [kind.meaning for kind in CHART.values()]
    said += [invariant.meaning for invariant in INVARIANTS]
    said += ["faults found", "sound", *EXPORTS]
    return said


def _put(owner: Any, name: str, said: Any) -> None:
    # A frozen dataclass is changed here once, while everything is loaded, and never afterwards.
    object.__setattr__(owner, name, said) if is_dataclass(owner) else setattr(owner, name, said)


def _lazy(label: Any) -> Any:
    return gettext_lazy(label) if isinstance(label, str) and label else label


def _pages() -> list[Any]:
    return [page for page in admin.site._registry.values() if page.opts.app_label in _OURS]


def _models() -> list[type[models.Model]]:
    return [page.model for page in _pages()]


def _columns() -> Iterator[Any]:
    for model in _models():
        yield from model._meta.concrete_fields


def _places() -> Iterator[tuple[Any, str]]:
    """Each word as who has it and under which name."""
    yield PUBLIC_ID, "short_description"
    for app in {model._meta.app_config for model in _models()}:
        yield app, "verbose_name"
    for model in _models():
        yield from ((model._meta, name) for name in _OF_MODEL)
    for field in _columns():
        yield from ((field, name) for name in _OF_FIELD)
    for page in _pages():
        yield from _of_page(page)


def _of_page(page: Any) -> Iterator[tuple[Any, str]]:
    yield type(page), "search_help_text"
    for klass in type(page).__mro__:
        if not klass.__module__.startswith(_OURS):
            continue
        for member in vars(klass).values():
            if hasattr(member, "short_description"):
                yield member, "short_description"
    for each in page.list_filter:
        if isinstance(each, type):
            yield each, "title"
    yield from _of_form(page.form)
    making = getattr(page, "making", None)
    for act in (*getattr(page, "acts", ()), *([making] if making else [])):
        yield from ((act, field.name) for field in dataclass_fields(act) if field.name in _OF_ACT)
        yield from _of_form(act.form)


def _of_form(form: Any) -> Iterator[tuple[Any, str]]:
    for field in getattr(form, "base_fields", {}).values():
        yield from ((field, name) for name in _OF_FORM_FIELD)


def _titles(page: Any) -> Iterator[str]:
    """Headings of groups of fields: they are looked up by OwnedAdmin."""
    groups = page.fieldsets or getattr(page, "groups", ())
    yield from (str(title) for title, _options in groups if title)
