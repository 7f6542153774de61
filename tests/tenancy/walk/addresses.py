"""Every address of the admin, found by walking its resolver, filled in with a row's id.

A page that this cannot fill in fails the walk with a word on where to say how.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from django.contrib import admin
from django.contrib.admin.utils import quote as admin_quote
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.urls import URLPattern, URLResolver

from tenancy.roles import is_allowed
from tests.tenancy.walk.furnish import World

# Pages that belong to nobody's rows and show none: they are tried by tests of their own.
NOT_A_PAGE = {"login", "logout", "password_change", "password_change_done", "jsi18n", "app_list"}
# What stands for a parameter that is no column of the row, by its name.
WORDS: dict[str, str] = {"file_name": "SHA256SUMS", "what": "digest", "report": "sales"}
# Lists that show something other than the rows of their table.
SHOWS_OTHER_THINGS = {
    "proposals_twopeoplerule_changelist",  # every kind, with the rule in force
    "portal_analysis_changelist",  # figures of many
    "portal_analysis_change",
}
_UNKNOWN = (
    "The walk cannot fill in <{name}> of the admin's page {page}. Add the word that stands for it "
    "to WORDS in tests/tenancy/walk/addresses.py, or name the parameter as a column of the row."
)
_ACT = "<slug:act>"
_PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")


@dataclass(frozen=True)
class Address:
    """One page of the admin; ``model`` is whose page it is, None for the site's own."""

    name: str
    pattern: str
    model: type[models.Model] | None
    permission: str = ""  # of an act; pages of Django's own kinds have theirs by their names

    @property
    def takes_a_row(self) -> bool:
        return "<" in self.pattern

    def may(self, role: str, action: str) -> bool:
        """Whether ``role`` may ``view``, ``add``, ``change`` or ``delete`` rows of this page."""
        assert self.model is not None
        meta = self.model._meta
        return is_allowed(role, f"{meta.app_label}.{action}_{meta.model_name}")

    def fill(self, world: World) -> str:
        """The path with the ids of ``world``'s row in it."""
        return "/admin/" + _PARAMETER.sub(lambda found: self._value(found, world), self.pattern)

    def _value(self, found: re.Match[str], world: World) -> str:
        name = found.group(2)
        if self.name == "view_on_site":
            model = next(iter(m for m in world.rows if "merchant" in m._meta.model_name))
            kind = ContentType.objects.get_for_model(model)
            return str(kind.pk if name == "content_type_id" else world.rows[model].pk)
        if name in WORDS:
            return WORDS[name]
        if self.model is None:
            raise AssertionError(_UNKNOWN.format(name=name, page=self.pattern))
        row = world.rows[self.model]
        if name in {"object_id", "pk", "id"} or name == self.model._meta.model_name:
            return quote(str(admin_quote(row.pk)))
        if hasattr(row, name):
            return quote(str(getattr(row, name)))
        raise AssertionError(_UNKNOWN.format(name=name, page=self.pattern))


def every_address() -> list[Address]:
    """Every page of the admin, those of models that were added today among them."""
    return [found for found in _walk(admin.site.urls[0]) if found.name not in NOT_A_PAGE]


def _walk(patterns: list[Any], prefix: str = "") -> Iterator[Address]:
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, path)
        elif isinstance(pattern, URLPattern) and not path.startswith("(?P<url>"):
            yield from _each_act(Address(pattern.name or "", path, _model_of(path)))


def _each_act(address: Address) -> Iterator[Address]:
    """The page of acts is one for each button that a row has."""
    if _ACT not in address.pattern or address.model is None:
        yield address
        return
    for act in admin.site._registry[address.model].acts:  # type: ignore[attr-defined]
        pattern = address.pattern.replace(_ACT, act.name)
        yield replace(address, pattern=pattern, permission=act.permission)


def _model_of(path: str) -> type[models.Model] | None:
    for model in admin.site._registry:
        if path.startswith(f"{model._meta.app_label}/{model._meta.model_name}/"):
            return model
    return None
