"""Fields whose choices are published lists, searched by code or name."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelect2Widget

from merchants import countries


class CountryField(forms.ChoiceField):
    """A country of ISO 3166, named in the reader's language."""

    def __init__(self, **options: Any) -> None:
        options = {"label": _("Country")} | options
        options |= {"choices": countries.choices, "widget": UnfoldAdminSelect2Widget()}
        super().__init__(**options)
