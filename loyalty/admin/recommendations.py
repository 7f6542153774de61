"""Recommendations in the console: terms with what they bring, sets of rules, and the rules."""

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from kernel import clock
from loyalty import measures
from loyalty.models import RecommendationTerms, Rule, RuleSet
from loyalty.recommendation_presentation import show_outcome
from loyalty.recommendation_selectors import find_outcome
from tenancy.owned_admin import OwnedAdmin, OwnedForm
from tenancy.read_only import ReadOnly

WINDOW = timedelta(days=90)


class TermsForm(OwnedForm):
    """Terms are of their merchant's acquirer."""

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        if merchant := cleaned.get("merchant"):
            self.instance.acquirer_id = merchant.acquirer_id
        return cleaned


@admin.register(RecommendationTerms)
class RecommendationTermsAdmin(OwnedAdmin):
    form = TermsForm
    fields = ("merchant", "is_active", "control_basis_points", "assumed_margin_basis_points",
              "brought")  # fmt: skip
    readonly_fields = ("brought",)
    fixed_fields = ("merchant",)
    autocomplete_fields = ("merchant",)
    list_display = ("merchant", "is_active", "control_basis_points",
                    "assumed_margin_basis_points")  # fmt: skip
    list_filter = ("is_active",)
    list_select_related = ("merchant",)
    search_fields = ("merchant__display_name",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """What new terms will bring, nobody knows."""
        fields = super().get_fields(request, obj)
        return [name for name in fields if obj is not None or name != "brought"]

    @admin.display(description=_("what offering brings"))
    def brought(self, terms: RecommendationTerms) -> SafeString:
        until = clock.now()
        since = until - WINDOW
        found = [
            show_outcome(
                find_outcome(terms.merchant_id, livemode=livemode, since=since, until=until),
                livemode=livemode,
                since=since,
                until=until,
            )
            for livemode in (True, False)
        ]
        return render_to_string("loyalty/uplift.html", {"modes": found, "days": WINDOW.days})


@admin.register(RuleSet)
class RuleSetAdmin(ReadOnly, OwnedAdmin):
    fields = ("merchant", "livemode", "status", "basket_count", "product_count", "minimum_count",
              "rule_count", "failure", "created_at", "finished_at", "public_id")  # fmt: skip
    readonly_fields = (*fields,)
    list_display = ("merchant", "livemode", "status", "basket_count", "rule_count",
                    "finished_at")  # fmt: skip
    list_filter = ("status", "livemode")
    list_select_related = ("merchant",)


@admin.register(Rule)
class RuleAdmin(ReadOnly, OwnedAdmin):
    fields = ("merchant", "livemode", "antecedent", "consequent", "name", "both_count",
              "antecedent_count", "consequent_count", "support", "confidence", "lift")  # fmt: skip
    readonly_fields = (*fields,)
    list_display = ("who_buys", "consequent", "name", "merchant", "both_count", "confidence",
                    "lift")  # fmt: skip
    list_filter = ("livemode",)
    list_select_related = ("merchant", "rule_set")
    search_fields = ("=consequent", "=anchor")

    @admin.display(description=_("who buys"))
    def who_buys(self, rule: Rule) -> str:
        return ", ".join(rule.antecedent)

    @admin.display(description=_("support"))
    def support(self, rule: Rule) -> str:
        return measures.show(measures.support(rule.both_count, rule.rule_set.basket_count))

    @admin.display(description=_("confidence"))
    def confidence(self, rule: Rule) -> str:
        return measures.show(measures.confidence(rule.both_count, rule.antecedent_count))

    @admin.display(description=_("lift"))
    def lift(self, rule: Rule) -> str:
        baskets = rule.rule_set.basket_count
        counts = (rule.both_count, rule.antecedent_count, rule.consequent_count)
        return measures.show(measures.lift(*counts, baskets), 2)
