"""The buttons on a break's page: whose work it is, what was found out, and how it ends."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _

from kernel.ids import InvalidId
from kernel.money import Money
from merchants.models import Merchant
from proposals.acts import waits
from proposals.models import Proposal
from settlement.models import Break
from settlement.resolutions import ENDINGS, Ending
from settlement.services.break_work import give, workers_of, write_note
from settlement.services.resolve_break import How, lacking_of, resolve
from settlement.state import BreakState, Resolution
from tenancy.acting_admin import Act, Confirm, Done, Reason
from tenancy.models import Staff
from tenancy.signed_in import staff_of

_PERMISSION = "settlement.resolve_break"


class OwnerForm(Confirm):
    """Whose work it is."""

    owner = forms.ChoiceField(required=False)

    def __init__(self, *args: Any, row: Break, **kwargs: Any) -> None:
        super().__init__(*args, row=row, **kwargs)
        self._people = {str(person.pk): person for person in workers_of(row)}
        owner: Any = self.fields["owner"]
        owner.choices = [("", "-"), *((key, str(it)) for key, it in self._people.items())]
        owner.initial = str(row.owner_id or "")

    def clean_owner(self) -> Staff | None:
        return self._people.get(self.cleaned_data["owner"])


class NoteForm(Confirm):
    """What was found out."""

    text = forms.CharField(
        max_length=2000, widget=forms.Textarea(attrs={"rows": 4, "maxlength": 2000})
    )


class BookForm(Reason):
    """Why, and whose it is where nobody knows."""

    merchant = forms.CharField(max_length=40, help_text="A merchant's id, such as mer_01j….")

    def __init__(self, *args: Any, row: Break, **kwargs: Any) -> None:
        super().__init__(*args, row=row, **kwargs)
        if row.merchant_id is not None:
            del self.fields["merchant"]

    def clean_merchant(self) -> Any:
        try:
            return Merchant.public_id_to_uuid(self.cleaned_data["merchant"].strip())
        except InvalidId:
            raise forms.ValidationError(_("A merchant's id, such as mer_01j….")) from None


def _give(request: HttpRequest, row: Break, said: dict[str, Any]) -> Done:
    give(staff_of(request), row, said["owner"])
    return Done(_("Whose work it is was noted."))


def _note(request: HttpRequest, row: Break, said: dict[str, Any]) -> Done:
    write_note(staff_of(request), row, said["text"])
    return Done(_("The note stands below."))


def _ended(request: HttpRequest, row: Break) -> str:
    return "" if row.state == BreakState.OPEN else _("The break has ended.")


def _facts(row: Break) -> Sequence[tuple[str, Any]]:
    lacks = ", ".join(str(Money(minor, code)) for code, minor in sorted(lacking_of(row).items()))
    return [(_("about"), row.about), (_("what our books lack"), lacks or "-")]


def _ending(name: Resolution, ending: Ending) -> Act:
    def run(request: HttpRequest, row: Break, said: dict[str, Any]) -> Done:
        how = How(name, said["reason"], said.get("merchant"))
        if isinstance(resolve(staff_of(request), row, how), Proposal):
            return waits()
        return Done(_("The break is resolved."))

    return Act(
        name=name.value,
        label=ending.label,
        permission=_PERMISSION,
        form=BookForm if ending.to_merchant else Reason,
        run=run,
        closed=_ended,
        warning=ending.meaning,
        facts=_facts,
        is_out_of_place=lambda row: not _fits(row, ending),
    )


def _fits(row: Break, ending: Ending) -> bool:
    fits = row.kind in ending.kinds and row.way in ending.ways and row.state == BreakState.OPEN
    return fits and (ending.account is None or bool(lacking_of(row)))


BREAK_ACTS = (
    Act(name="give", label="Whose work it is", permission=_PERMISSION, form=OwnerForm, run=_give,
        closed=_ended),
    Act(name="note", label="Write a note", permission=_PERMISSION, form=NoteForm, run=_note),
    *(_ending(name, ending) for name, ending in ENDINGS.items()),
)  # fmt: skip
