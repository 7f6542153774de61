"""The buttons on the page of an entry of the bank: what it is, as a person says."""

import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _

from kernel.ids import InvalidId
from kernel.money import Money
from merchants.models import Merchant
from proposals.acts import waits
from proposals.models import Proposal
from settlement.explanations import CAUSES, Cause
from settlement.models import BankEntry, SchemeFile
from settlement.services.explain_entry import FILES_LIMIT, Said, explain
from settlement.state import Explanation, Meaning
from tenancy.acting_admin import Act, Done, Reason
from tenancy.signed_in import staff_of


class MerchantForm(Reason):
    """Whose it is, and why."""

    merchant = forms.CharField(max_length=40, help_text="A merchant's id, such as mer_01j….")

    def clean_merchant(self) -> Any:
        try:
            return Merchant.public_id_to_uuid(self.cleaned_data["merchant"].strip())
        except InvalidId:
            raise forms.ValidationError(_("A merchant's id, such as mer_01j….")) from None


class FilesForm(Reason):
    """Which settlements it pays, and why."""

    pays = forms.CharField(
        max_length=40 * FILES_LIMIT,
        label="Settlement files",
        help_text="Ids such as sfl_01j…, one or several with spaces between.",
    )

    def clean_pays(self) -> tuple[UUID, ...]:
        texts = [text for text in re.split(r"[\s,]+", self.cleaned_data["pays"]) if text]
        try:
            return tuple(dict.fromkeys(map(SchemeFile.public_id_to_uuid, texts)))
        except InvalidId:
            raise forms.ValidationError(
                _("Ids such as sfl_01j…, one or several with spaces between.")
            ) from None


def _form(cause: Cause) -> type[Reason]:
    if cause.of_merchant:
        return MerchantForm
    return FilesForm if cause.of_files else Reason


def _act(name: Explanation, cause: Cause) -> Act:
    def run(request: HttpRequest, row: BankEntry, said: dict[str, Any]) -> Done:
        told = Said(name, said["reason"], said.get("merchant"), said.get("pays", ()))
        if isinstance(explain(staff_of(request), row, told), Proposal):
            return waits()
        return Done(_("The entry is explained."))

    return Act(
        name=name.value,
        label=cause.label,
        permission="settlement.resolve_break",
        form=_form(cause),
        run=run,
        closed=_explained,
        warning=cause.meaning,
        facts=_facts,
        is_out_of_place=lambda row: row.meaning != Meaning.UNEXPLAINED,
    )


def _explained(request: HttpRequest, row: BankEntry) -> str:
    return "" if row.meaning == Meaning.UNEXPLAINED else _("This entry is explained already.")


def _facts(row: BankEntry) -> Sequence[tuple[str, Any]]:
    return [
        (_("amount"), Money(row.amount_minor, row.currency)),
        (_("remittance"), row.remittance or "-"),
    ]


ENTRY_ACTS = tuple(_act(name, cause) for name, cause in CAUSES.items())
