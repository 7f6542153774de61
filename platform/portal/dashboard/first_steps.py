"""What an acquirer without a payment does first: the steps in order, and which are done."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from merchants.models import ApiKey, Merchant, PartnerAccount, Store, Terminal
from merchants.onboarding import Standing
from portal.dashboard.question import Question


@dataclass(frozen=True, slots=True)
class Step:
    title: str
    does: str
    link: str
    is_done: bool


def list_steps(request: HttpRequest, question: Question) -> list[Step]:
    """From the contract with Alipay to the first payment; the mode's own rows count."""
    mode = {"livemode": question.place.livemode}
    own: dict[str, Any] = {}
    if question.place.acquirer_id is not None:
        own["acquirer_id"] = question.place.acquirer_id
    return [
        _step(
            request,
            PartnerAccount,
            _("Enter your integration with Alipay"),
            _("Partner id, keys, gateway address."),
            own | mode,
        ),
        _step(
            request, Merchant, _("Add a merchant"), _("Who sells, and below which category."), own
        ),
        _step(request, Store, _("Add its store"), _("Alipay wants to know where it sells."), own),
        Step(
            _("Have the merchant submitted and approved"),
            _("Its page says what is missing; Alipay then takes its stores."),
            _merchant_page(own),
            is_done=Merchant.objects.filter(status=Standing.ACTIVE, **own).exists(),
        ),
        _step(
            request, Terminal, _("Add a till"), _("One row for each terminal in the store."), own
        ),
        _step(
            request,
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


def _step(
    request: HttpRequest, model: type[Model], title: str, does: str, filters: dict[str, Any]
) -> Step:
    """Its link is where a row is added, for who may, until there is one."""
    name = f"{model._meta.app_label}_{model._meta.model_name}"
    may_add = request.user.has_perm(f"{model._meta.app_label}.add_{model._meta.model_name}")
    is_done = model._default_manager.filter(**filters).exists()
    page = "add" if may_add and not is_done else "changelist"
    return Step(title, does, reverse(f"admin:{name}_{page}"), is_done)


def _merchant_page(own: dict[str, Any]) -> str:
    """The page of the one merchant; with several, or none yet, their list."""
    found = list(Merchant.objects.filter(**own).values_list("id", flat=True)[:2])
    if len(found) == 1:
        return reverse("admin:merchants_merchant_change", args=found)
    return reverse("admin:merchants_merchant_changelist")
