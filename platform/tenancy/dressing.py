"""Gives a plain form's fields the looks of the console's theme; what they accept is unchanged."""

from typing import Any

from django import forms
from unfold import widgets

_CLASSES: tuple[tuple[type[forms.Widget], list[str]], ...] = (
    (forms.CheckboxInput, widgets.CHECKBOX_CLASSES),
    (forms.RadioSelect, widgets.RADIO_CLASSES),
    (forms.Select, widgets.SELECT_CLASSES),
    (forms.Textarea, widgets.TEXTAREA_CLASSES),
    (forms.FileInput, widgets.FILE_CLASSES),
    (forms.TextInput, widgets.INPUT_CLASSES),
    (forms.NumberInput, widgets.INPUT_CLASSES),
    (forms.PasswordInput, widgets.INPUT_CLASSES),
)


def dress(form: forms.BaseForm) -> None:
    """Restyle every field whose widget is Django's own."""
    for field in form.fields.values():
        field.widget = _dressed(field.widget)


def _dressed(widget: Any) -> Any:
    if type(widget) is forms.CheckboxSelectMultiple:
        return widgets.UnfoldAdminCheckboxSelectMultipleWidget(widget.attrs, choices=widget.choices)
    if widget.is_hidden or widget.attrs.get("class"):
        return widget
    for kind, classes in _CLASSES:
        if isinstance(widget, kind):
            widget.attrs["class"] = " ".join(classes)
            break
    return widget
