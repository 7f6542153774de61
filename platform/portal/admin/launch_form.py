"""The form of a launch: its segment's tests as fields, kept as JSON."""

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from loyalty.models import Tier
from portal.insights.page.showing import WORDS
from portal.insights.rules import PERSONAS, RISKS, SCORES
from portal.marketing.draft import faults_of
from portal.marketing.segment import NO_TIER, Segment, segment_of
from tenancy.owned_admin import OwnedForm

SEGMENT_FIELDS = ("personas", "risks", "recency", "frequency", "monetary", "spend_from_minor",
                  "spend_until_minor", "visits_from", "visits_until", "tiers")  # fmt: skip
_SCORES = [(str(score), str(score)) for score in range(1, SCORES + 1)]
_TIERS_LIMIT = 200


def _boxes(label: str, help_text: str = "", **more: Any) -> Any:
    return forms.MultipleChoiceField(
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=label,
        help_text=help_text,
        **more,
    )


def _scores(label: str, help_text: str) -> Any:
    return forms.TypedMultipleChoiceField(
        coerce=int, choices=_SCORES, required=False, widget=forms.CheckboxSelectMultiple,
        label=label, help_text=help_text,
    )  # fmt: skip


def _bound(label: str, help_text: str = "") -> Any:
    return forms.IntegerField(
        min_value=0, max_value=10**15, required=False, label=label, help_text=help_text
    )


class LaunchForm(OwnedForm):
    """Who is meant: what is left empty leaves everybody in."""

    amounts = ("spend_from_minor", "spend_until_minor")
    personas = _boxes("personas", "As the insights tell them, by recency, frequency and money.")
    risks = _boxes("risk of not coming again")
    recency = _scores("recency, scores", "5: came last; 1: stayed away longest.")
    frequency = _scores("frequency, scores", "5: comes most often.")
    monetary = _scores("money, scores", "5: spends most.")
    spend_from_minor = _bound("spent in a year from", "In the campaign's currency: 500.00.")
    spend_until_minor = _bound("spent in a year up to")
    visits_from = _bound("visits in a year from")
    visits_until = _bound("visits in a year up to")
    tiers = _boxes("tiers")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "personas" not in self.fields:  # to look at only
            return
        for name in SEGMENT_FIELDS:  # as Django does with columns
            self.fields[name].label = capfirst(str(self.fields[name].label))
        for name, rules in (("personas", PERSONAS), ("risks", RISKS)):
            words = [(each.name, WORDS[each.name]) for each in rules]
            self._offer(name, [(key, f"{_(word)}: {_(what)}") for key, (word, what) in words])
        tiers = Tier.objects.select_related("programme").order_by("programme", "threshold_points")
        if self.instance.acquirer_id is not None:
            tiers = tiers.filter(acquirer_id=self.instance.acquirer_id)
        named = [(str(tier.id), f"{tier.programme}: {tier.name}") for tier in tiers[:_TIERS_LIMIT]]
        self._offer("tiers", [(NO_TIER, _("no tier yet")), *named])
        self.initial.update(segment_of(self.instance.segment).model_dump())
        self.show_amounts()

    def find_currency(self) -> str:
        """The campaign's."""
        chosen = self.said("campaign") or (self.instance.campaign_id and self.instance.campaign)
        return chosen.currency if chosen else ""

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field: Any = self.fields[name]
        field.choices = choices

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        campaign, programme = cleaned.get("campaign"), cleaned.get("programme")
        merchant = cleaned.get("merchant")
        if campaign is not None:
            self.instance.acquirer_id = campaign.acquirer_id
        for name in ("programme", "merchant"):
            named = cleaned.get(name)
            if named is not None and campaign and named.acquirer_id != campaign.acquirer_id:
                self.add_error(name, _("This one is another acquirer's."))
        if not self.errors:
            said = {
                name: cleaned[name] for name in SEGMENT_FIELDS if cleaned[name] not in ("", None)
            }
            segment = Segment.model_validate(said)
            for name, fault in faults_of(programme, merchant, segment):
                self.add_error(name, _(fault))
            self.instance.segment = segment.model_dump(exclude_defaults=True)
        return cleaned
