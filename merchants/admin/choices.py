"""Fields whose choices are published lists, searched by code or name."""

from functools import lru_cache
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelect2Widget

from merchants import countries


@lru_cache(maxsize=16)
def _written(choices: tuple[tuple[str, str], ...]) -> str:
    """Every option as HTML, kept per list and language: none of them ever changes."""
    return format_html_join("\n", '<option value="{}">{}</option>', choices)


class PublishedList(UnfoldAdminSelect2Widget):  # type: ignore[misc]
    """A choice among hundreds, searched by typing.

    Written in one go: a template of its own for each option took longer than the rest of the page.
    """

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        shown = flatatt(self.build_attrs(self.attrs, {"name": name, **(attrs or {})}))
        chosen = format_html('value="{}"', "" if value is None else value)
        options = _written(tuple(self.choices)).replace(f"{chosen}>", f"{chosen} selected>", 1)
        return format_html("<select{}>{}</select>", shown, mark_safe(options))  # noqa: S308 - escaped above


class CountryField(forms.ChoiceField):
    """A country of ISO 3166, named in the reader's language."""

    def __init__(self, **options: Any) -> None:
        options = {"label": _("Country")} | options
        options |= {"choices": countries.choices, "widget": PublishedList()}
        super().__init__(**options)
