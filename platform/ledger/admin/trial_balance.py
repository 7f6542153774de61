"""The page of the trial balance: kinds and currencies, each with its balance at a moment."""

from collections import defaultdict
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.money import Money
from ledger.chart import KINDS, Side
from ledger.selectors import Line, list_trial_balance, usual_mode
from tenancy.dressing import dress
from tenancy.models import Acquirer
from tenancy.owned_admin import OwnedAdmin, is_operator
from tenancy.showing import show_moment


class MomentForm(forms.Form):
    """Which book, whose, and as it stood when."""

    mode = forms.ChoiceField(label=_("Mode"), choices=[("live", _("live")), ("test", _("test"))])
    at = forms.DateTimeField(
        label=_("Just before"),
        required=False,
        widget=forms.DateTimeInput(
            format="%Y-%m-%dT%H:%M:%S", attrs={"type": "datetime-local", "step": "1"}
        ),
        help_text=_("Empty: now."),
    )
    acquirer = forms.ModelChoiceField(
        Acquirer.objects.order_by("name"), label=_("Acquirer"), required=False
    )

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_operator(request):
            del self.fields["acquirer"]
        dress(self)


def show_trial_balance(page: OwnedAdmin, request: HttpRequest) -> HttpResponse:
    """Raises PermissionDenied for who may not see the accounts."""
    if not page.has_view_permission(request):
        raise PermissionDenied
    form = MomentForm({"mode": usual_mode(), **request.GET.dict()}, request=request)
    context = {
        **page.admin_site.each_context(request),
        "opts": page.opts,
        "media": page.media,
        "title": _("Trial balance"),
        "form": form,
    }
    if form.is_valid():
        context |= _read(form.cleaned_data)
    status = 200 if form.is_valid() else 400
    return TemplateResponse(request, "ledger/trial_balance.html", context, status=status)


def _read(said: dict[str, Any]) -> dict[str, Any]:
    acquirer = said.get("acquirer")
    lines = list_trial_balance(
        livemode=said["mode"] == "live",
        at=said["at"],
        acquirer_id=None if acquirer is None else acquirer.id,
    )
    by_currency: defaultdict[str, list[Line]] = defaultdict(list)
    for line in lines:
        by_currency[line.currency].append(line)
    return {
        "as_of": show_moment(said["at"] or clock.now()),
        "currencies": [_show(currency, rows) for currency, rows in by_currency.items()],
    }


def _show(currency: str, rows: list[Line]) -> dict[str, Any]:
    debit = sum(row.balance_minor for row in rows if row.balance_minor > 0)
    credit = sum(-row.balance_minor for row in rows if row.balance_minor < 0)
    return {
        "code": currency,
        "rows": [_row(row) for row in rows],
        "debit": Money(debit, currency),
        "credit": Money(credit, currency),
        "difference": Money(debit - credit, currency) if debit != credit else None,
    }


def _row(row: Line) -> dict[str, Any]:
    amount = Money(abs(row.balance_minor), row.currency)
    kind = KINDS[row.kind]
    return {
        "kind": row.kind,
        "meaning": kind.meaning,
        "debit": amount if row.balance_minor > 0 else "",
        "credit": amount if row.balance_minor < 0 else "",
        # Money stands where it normally does not: worth a look, not a fault.
        "is_odd": bool(row.balance_minor) and (row.balance_minor > 0) != (kind.side is Side.DEBIT),
    }
