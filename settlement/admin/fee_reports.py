"""Two pages beside the fee plans: a month under another plan, and what is left of the fees."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.money import Money
from ledger.selectors import usual_mode
from settlement.books.margin import DAYS_LIMIT, Margin, list_margins, sum_by_currency
from settlement.fees.terms import today_in
from settlement.models import FeeVersion
from settlement.services.what_if import Compared, what_if
from tenancy.acting_admin import day
from tenancy.dressing import dress
from tenancy.models import Acquirer
from tenancy.owned_admin import OwnedAdmin, is_operator

ROWS_SHOWN = 500
_MODES = [("live", _("live")), ("test", _("test"))]


class _Asked(forms.Form):
    """Whose money; an operator says of which acquirer."""

    acquirer = forms.ModelChoiceField(Acquirer.objects.order_by("name"), label=_("Acquirer"))
    mode = forms.ChoiceField(label=_("Mode"), choices=_MODES)

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.own = getattr(request.user, "acquirer", None)
        if not is_operator(request):
            del self.fields["acquirer"]
        dress(self)

    @property
    def whose(self) -> Acquirer:
        """The acquirer in question."""
        found: Acquirer = self.own or self.cleaned_data["acquirer"]
        return found


class WhatIfForm(_Asked):
    """Which version, and which month of what was settled."""

    version: Any = forms.ModelChoiceField(None, label=_("Version"))
    month = forms.DateField(
        label=_("Month"), input_formats=["%Y-%m"],
        widget=forms.DateInput(format="%Y-%m", attrs={"type": "month"}),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = FeeVersion.objects.select_related("plan").order_by("plan__name", "-number")
        self.fields["version"].queryset = rows  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        version = said.get("version")
        if version is not None and "acquirer" in said and said["acquirer"] != version.acquirer:
            self.add_error("version", _("This plan is another acquirer's."))
        return said


class MarginForm(_Asked):
    """Which business days, both within."""

    first = day(label=_("First day"))
    last = day(label=_("Last day"))

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        days = (said["last"] - said["first"]).days if {"first", "last"} <= said.keys() else 0
        if not 0 <= days < DAYS_LIMIT:
            self.add_error("last", _("At most %(days)d days.") % {"days": DAYS_LIMIT})
        return said


def show_what_if(page: OwnedAdmin, request: HttpRequest) -> HttpResponse:
    """Raises PermissionDenied for who may not see the plans."""
    today = _today(request)
    month = (today.replace(day=1) - timedelta(days=1)).strftime("%Y-%m")
    form = WhatIfForm(
        {"mode": usual_mode(), "month": month, **request.GET.dict()} if request.GET else None,
        request=request,
        initial={"mode": usual_mode(), "month": month},
    )
    found = None
    if page.has_view_permission(request) and form.is_valid():
        said = form.cleaned_data
        live = said["mode"] == "live"
        rows = what_if(form.whose, said["version"], said["month"], livemode=live)
        found = {"rows": [_compared(row) for row in rows[:ROWS_SHOWN]], "count": len(rows)}
    return _answer(page, request, form, "settlement/what_if.html", _("What if"), found)


def show_margin(page: OwnedAdmin, request: HttpRequest) -> HttpResponse:
    """Raises PermissionDenied for who may not see the plans."""
    today = _today(request)
    days = {"first": today - timedelta(days=7), "last": today}
    form = MarginForm({"mode": usual_mode(), **days, **request.GET.dict()}, request=request)
    found = None
    if page.has_view_permission(request) and (form.is_valid() or "acquirer" in form.errors):
        found = _margins(form) if form.is_valid() else None
    return _answer(page, request, form, "settlement/margin.html", _("Margin"), found)


def _margins(form: _Asked) -> dict[str, Any]:
    said = form.cleaned_data
    live = said["mode"] == "live"
    rows = list_margins(form.whose, said["first"], said["last"], livemode=live)
    return {
        "rows": [_margin(row) for row in rows[:ROWS_SHOWN]],
        "count": len(rows),
        "sums": [
            (code, *(Money(minor, code) for minor in sums))
            for code, sums in sum_by_currency(rows).items()
        ],
    }


def _today(request: HttpRequest) -> date:
    acquirer = getattr(request.user, "acquirer", None)
    return today_in(acquirer.time_zone if acquirer else "UTC", clock.now())


def _answer(
    page: OwnedAdmin,
    request: HttpRequest,
    form: forms.Form,
    template: str,
    title: Any,
    found: dict[str, Any] | None,
) -> HttpResponse:
    if not page.has_view_permission(request):
        raise PermissionDenied
    context = {
        **page.admin_site.each_context(request),
        "opts": page.opts,
        "media": page.media,
        "title": title,
        "form": form,
        "found": found,
    }
    status = 400 if request.GET and form.errors else 200
    return TemplateResponse(request, template, context, status=status)


def _compared(row: Compared) -> dict[str, Any]:
    return {
        "row": row,
        "amounts": [
            Money(minor, row.currency)
            for minor in (row.sales, row.fees, row.proposed_fees, row.difference)
        ],
    }


def _margin(row: Margin) -> dict[str, Any]:
    return {
        "row": row,
        "amounts": [
            Money(minor, row.currency) for minor in (row.sales, row.fees, row.cost, row.margin)
        ],
    }
