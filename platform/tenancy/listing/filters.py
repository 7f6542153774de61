"""Filters of lists that the database answers from an index: by day, and among known words."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kernel.ids import first_uuid_at
from tenancy.dressing import dress

_FROM, _TO = "day_from", "day_to"


class DaysForm(forms.Form):
    """From one day to another, both included."""

    day_from = forms.DateField(label=_("From"), required=False)
    day_to = forms.DateField(label=_("To"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget = forms.DateInput(
                format="%Y-%m-%d", attrs={"type": "date", "aria-label": field.label}
            )
        dress(self)


class Days(admin.ListFilter):
    """Rows made on certain days of the acquirer's time zone; ids are in the order of time."""

    title = _("day")
    template = "tenancy/days.html"

    def __init__(self, request: HttpRequest, params: dict[str, Any], *args: Any) -> None:
        super().__init__(request, params, *args)
        for name in (_FROM, _TO):
            if said := params.pop(name, None):
                self.used_parameters[name] = said[-1]
        self.form = DaysForm(self.used_parameters or None)

    def has_output(self) -> bool:
        return True

    def expected_parameters(self) -> list[str | None]:
        return [_FROM, _TO]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.form.is_valid():
            return queryset
        first, last = (self.form.cleaned_data[name] for name in (_FROM, _TO))
        if first:
            queryset = queryset.filter(id__gte=first_uuid_at(_midnight(first)))
        if last and last < date.max:
            queryset = queryset.filter(id__lt=first_uuid_at(_midnight(last + timedelta(days=1))))
        return queryset

    def choices(self, changelist: Any) -> Iterator[dict[str, Any]]:
        yield {"form": self.form}


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), timezone.get_current_timezone())


def among(
    column: str, title: str, words: Iterable[str] | Sequence[tuple[str, str]]
) -> type[admin.SimpleListFilter]:
    """A filter on ``column`` with words that are known beforehand: the table is not read for them.

    ``words`` are the values, or pairs of value and label.
    """
    pairs = [(word, word) if isinstance(word, str) else word for word in words]
    return type(
        "Among",
        (Among,),
        {"parameter_name": column, "title": title, "words": pairs},
    )


class Among(admin.SimpleListFilter):
    """See ``among``."""

    words: Sequence[tuple[str, str]] = ()

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(self.words)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if (word := self.value()) is None:
            return queryset
        return queryset.filter(**{str(self.parameter_name): word})
