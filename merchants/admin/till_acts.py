"""What staff do for a web till at its terminal: pair, unpair, set the PIN for refunds."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from merchants.pairing_codes import LIFETIME, show_code
from merchants.services.pairings import begin_pairing, end_pairings, list_paired_keys
from merchants.services.refund_pins import LOCKED, TRIES, set_refund_pin
from tenancy.acting_admin import Act, Confirm, Done
from tenancy.showing import show_moment
from tenancy.signed_in import staff_of


class PairForm(Confirm):
    """Which money the till will take."""

    mode = forms.ChoiceField(
        choices=[
            ("test", gettext_lazy("Test: the simulator, no money moves")),
            ("live", gettext_lazy("Live: real money")),
        ],
        widget=forms.RadioSelect,
        initial="test",
    )


class PinForm(Confirm):
    """The PIN, twice is not needed: it can be set again."""

    pin = forms.CharField(
        label="PIN of six digits",
        min_length=6,
        max_length=6,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "pattern": "[0-9]{6}"}
        ),
    )


def pair(request: HttpRequest, terminal: Any, cleaned: dict[str, Any]) -> Done:
    livemode = cleaned["mode"] == "live"
    _pairing, code = begin_pairing(terminal, livemode=livemode, created_by=staff_of(request))
    minutes = int(LIFETIME.total_seconds()) // 60
    address = f"{settings.PUBLIC_URL}/till/"
    text = _("Open %(address)s on the till and type this code within %(minutes)d minutes.")
    text %= {"address": address, "minutes": minutes}
    return Done(text, shown_once=show_code(code))


def unpair(request: HttpRequest, terminal: Any, cleaned: dict[str, Any]) -> Done:
    ended = end_pairings(terminal, ended_by=staff_of(request))
    return Done(_("%d unpaired.") % ended if ended else _("No till was paired any more."))


def set_pin(request: HttpRequest, terminal: Any, cleaned: dict[str, Any]) -> Done:
    set_refund_pin(terminal, cleaned["pin"], set_by=staff_of(request))
    return Done(_("The PIN is set."))


def paired(terminal: Any) -> Sequence[tuple[str, Any]]:
    """Each paired till, with when it was seen last."""
    return [
        (
            key.label,
            _("paired %(when)s, %(seen)s")
            % {"when": show_moment(key.created_at), "seen": _seen(key.last_used_at)},
        )
        for key in list_paired_keys(terminal)
    ]


def _seen(moment: Any) -> str:
    return _("last seen %s") % show_moment(moment) if moment else _("not seen yet")


def _not_paired(request: HttpRequest, terminal: Any) -> str:
    return "" if list_paired_keys(terminal) else _("No till is paired with this terminal.")


TILL_ACTS = (
    Act("pair", "Pair a till", "merchants.add_apikey", PairForm, pair, facts=paired),
    Act(
        "unpair",
        "Unpair its tills",
        "merchants.change_apikey",
        Confirm,
        unpair,
        closed=_not_paired,
        warning="Tills paired with this terminal stop working at once. Payments go on.",
        is_dangerous=True,
        facts=paired,
    ),
    Act(
        "set-pin",
        "Set the refund PIN",
        "merchants.change_terminal",
        PinForm,
        set_pin,
        warning=(
            "Cashiers type it at a web till to refund. "
            f"{TRIES} wrong ones lock refunds for {int(LOCKED.total_seconds()) // 60} minutes; "
            "a new PIN ends the lock."
        ),
    ),
)
