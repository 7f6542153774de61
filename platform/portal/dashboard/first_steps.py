"""What an acquirer without a payment does first: the steps in order, and which are done."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext as _

from merchants.models import ApiKey, Merchant, PartnerAccount, Store, Terminal
from portal.dashboard.question import Question


@dataclass(frozen=True, slots=True)
class Step:
    title: str
    does: str
    link: str
    is_done: bool


def list_steps(question: Question) -> list[Step]:
    """From the contract with Alipay to the first payment; the mode's own rows count."""
    mode = {"livemode": question.place.livemode}
    own: dict[str, Any] = {}
    if question.place.acquirer_id is not None:
        own["acquirer_id"] = question.place.acquirer_id
    return [
        _step(
            PartnerAccount,
            _("Enter your integration with Alipay"),
            _("Partner id, keys, gateway address."),
            own | mode,
        ),
        _step(Merchant, _("Add a merchant"), _("Who sells, and below which category."), own),
        _step(Store, _("Add its store"), _("Alipay wants to know where it sells."), own),
        _step(Terminal, _("Add a till"), _("One row for each terminal in the store."), own),
        _step(
            ApiKey,
            _("Give its till an API key"),
            _("Shown once; or pair a web till at the terminal's page."),
            own | mode,
        ),
        Step(
            _("Take the first payment"),
            _("Then this page fills by itself within seconds."),
            reverse("docs"),
            is_done=False,
        ),
    ]


def _step(model: type[Model], title: str, does: str, filters: dict[str, Any]) -> Step:
    page = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
    is_done = model._default_manager.filter(**filters).exists()
    return Step(title, does, reverse(page), is_done)
