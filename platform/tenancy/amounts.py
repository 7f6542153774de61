"""Amounts in the console's forms: written as people write them, ``10.50``, kept in minor units."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from unfold.widgets import UnfoldAdminTextInputWidget

from kernel.currencies import UnknownCurrency
from kernel.money import AmountNotRepresentable, Money

MOST = 10**15  # minor units; no column has more


def read_amount(text: str, currency: str) -> Money:
    """What somebody typed into a form, in major units; raises its ValidationError."""
    try:
        return Money.from_decimal(text.strip(), currency)
    except (AmountNotRepresentable, UnknownCurrency) as fault:
        raise forms.ValidationError(str(fault)) from None


class AmountsForm(forms.ModelForm):  # type: ignore[type-arg]
    """A row with a ``currency``, and the fields of ``amounts``: its minor units, none below zero.

    Where the currency is not to be read, nothing is said of the amounts: that is mended first.
    """

    amounts: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.amounts:
            if name in self.fields:
                self.initial.setdefault(name, self.fields[name].initial)
                self.fields[name] = _written(self.fields[name])
        self.show_amounts()

    def show_amounts(self) -> None:
        """Show the minor units that ``initial`` has as amounts."""
        for name in set(self.amounts) & set(self.fields):
            self.initial[name] = self._shown(self.initial.get(name))

    def find_currency(self) -> str:
        """What the amounts are of; empty while nothing says it."""
        return str(self.said("currency") or self.instance.currency)

    def said(self, name: str) -> Any:
        """What was sent in this field and could be read; None before it was."""
        return getattr(self, "cleaned_data", {}).get(name)

    def _clean_fields(self) -> None:
        super()._clean_fields()  # type: ignore[misc]  # not in the stubs
        for name in self.amounts:
            if name in self.cleaned_data:
                self._read(name, str(self.cleaned_data.pop(name)).strip())

    def _read(self, name: str, text: str) -> None:
        currency = self.find_currency()
        try:
            minor = Money.from_decimal(text, currency).minor if text else None
        except UnknownCurrency:
            return
        except AmountNotRepresentable:
            minor = -1
        if minor is not None and not 0 <= minor <= MOST:
            example = Money(105_000, currency).to_decimal()
            said = _("An amount of %(currency)s, such as %(example)s.")
            self.add_error(name, said % {"currency": currency, "example": example})
        else:
            self.cleaned_data[name] = minor

    def _shown(self, minor: int | None) -> str:
        if minor is None:
            return ""
        try:
            return str(Money(minor, self.find_currency()).to_decimal())
        except UnknownCurrency:  # a new row: it has none yet
            return "0" if minor == 0 else f"{minor / 100:.2f}"


def _written(field: forms.Field) -> forms.CharField:
    return forms.CharField(
        label=field.label,
        help_text=field.help_text,
        required=field.required,
        max_length=24,
        widget=UnfoldAdminTextInputWidget({"inputmode": "decimal"}),
    )
