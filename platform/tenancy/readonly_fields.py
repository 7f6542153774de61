"""Computes each read-only field of a page once, where the theme's templates ask several times."""

from functools import cached_property
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from unfold import forms
from unfold.fields import UnfoldAdminReadonlyField

from tenancy.copying import COPIED, with_copy


class OnceReadonlyField(UnfoldAdminReadonlyField):  # type: ignore[misc]
    """A panel may cost many queries: it is drawn once per page."""

    def contents(self) -> Any:
        return self._once

    @cached_property
    def _once(self) -> Any:
        shown = super().contents()
        name, row = self.field["name"], self.form.instance
        is_empty = shown == self.model_admin.get_empty_value_display()
        if name not in COPIED or is_empty or not getattr(row, name, shown):
            return shown
        return with_copy(shown, of=str(self.field["label"]))

    def _resolve_field(self) -> Any:
        # Asked only for the kind of a column; what a method gives has none.
        try:
            column = self.form.instance._meta.get_field(self.field["name"])
        except FieldDoesNotExist:
            return False
        if not column.concrete:  # a panel that is called like what points here
            return False
        return super()._resolve_field()


def install() -> None:
    """Let every page of the admin use it."""
    forms.UnfoldAdminReadonlyField = OnceReadonlyField
