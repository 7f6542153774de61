"""The acquirer's rules in the console: one line per kind of change, and a form that proposes."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _

from kernel.currencies import UnknownCurrency
from kernel.errors import TillgateError
from kernel.money import AmountNotRepresentable, Money
from proposals.kinds import Kind
from proposals.models import TwoPeopleRule
from proposals.selectors import Rule, list_rules
from proposals.services.rules import LIMITS_LIMIT, propose_rule
from proposals.state import Need
from tenancy.acting_admin import in_words
from tenancy.owned_admin import OwnedAdmin
from tenancy.read_only import ReadOnly
from tenancy.signed_in import staff_of

_WORDS = {
    Need.ALWAYS: "always",
    Need.ABOVE: "above a limit",
    Need.NEVER: "never: one person is enough",
}


class RuleForm(forms.Form):
    """When two people are needed for one kind; limits as people write amounts, one per line."""

    need = forms.ChoiceField(label="A second person is needed")
    limits = forms.CharField(
        required=False,
        max_length=1024,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="One per line, such as HKD 8000.00. A currency that is not listed always needs "
        "a second person.",
    )
    reason = forms.CharField(min_length=3, max_length=256, label="Why")

    def __init__(self, *args: Any, kind: Kind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        needs = [need for need in Need if kind.has_amount or need is not Need.ABOVE]
        choices = [(need.value, _WORDS[need]) for need in needs]
        self.fields["need"].choices = choices  # type: ignore[attr-defined]
        if not kind.has_amount:
            del self.fields["limits"]

    def clean_limits(self) -> dict[str, int]:
        limits: dict[str, int] = {}
        for line in self.cleaned_data["limits"].splitlines()[: LIMITS_LIMIT + 1]:
            if not line.strip():
                continue
            currency, _, amount = line.strip().partition(" ")
            try:
                limits[currency] = Money.from_decimal(amount.strip(), currency).minor
            except (UnknownCurrency, AmountNotRepresentable) as fault:
                raise forms.ValidationError(f"{line.strip()[:40]}: {fault}") from None
        return limits


@admin.register(TwoPeopleRule)
class TwoPeopleRuleAdmin(ReadOnly, OwnedAdmin):
    """Every kind with its rule; changing one is a proposal itself."""

    list_display = ("acquirer", "kind", "need", "limits")
    list_select_related = ("acquirer",)

    class Media:
        css = {"all": ["console/panels.css"]}

    def get_urls(self) -> Any:
        view = self.admin_site.admin_view(self.propose_view)
        name = "proposals_twopeoplerule_propose"
        return [path("of/<slug:kind>/", view, name=name), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The rules in force; the operator sees the rows of every acquirer instead."""
        acquirer_id = staff_of(request).acquirer_id
        if acquirer_id is None:
            return super().changelist_view(request, extra_context)
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = self._context(request) | {
            "title": _("When two people are needed"),
            "rules": [_line(rule) for rule in list_rules(acquirer_id)],
            "may_propose": request.user.has_perm("proposals.change_twopeoplerule"),
        }
        return TemplateResponse(request, "proposals/rules.html", context)

    def propose_view(self, request: HttpRequest, kind: str) -> HttpResponse:
        """Ask for the new rule, then propose it."""
        acquirer_id = staff_of(request).acquirer_id
        if acquirer_id is None or not request.user.has_perm("proposals.change_twopeoplerule"):
            raise PermissionDenied
        rule = next((each for each in list_rules(acquirer_id) if each.kind.name == kind), None)
        if rule is None or rule.kind.is_fixed:
            raise Http404
        data = request.POST if request.method == "POST" else None
        form = RuleForm(data, kind=rule.kind, initial=_initial(rule))
        if (
            form.is_valid()
            and (answer := self._propose(request, acquirer_id, rule, form)) is not None
        ):
            return answer
        context = self._context(request) | {"title": _(rule.kind.label), "form": form, "rule": rule}
        return TemplateResponse(
            request, "proposals/rule_form.html", context, status=400 if form.errors else 200
        )

    def _propose(
        self, request: HttpRequest, acquirer_id: UUID, rule: Rule, form: RuleForm
    ) -> HttpResponse | None:
        said = form.cleaned_data
        try:
            proposal = propose_rule(
                rule.kind.name,
                acquirer_id=acquirer_id,
                need=said["need"],
                limits=said.get("limits") or {},
                staff=staff_of(request),
                reason=said["reason"],
            )
        except TillgateError as refusal:
            form.add_error(None, in_words(refusal))
            return None
        text = _("Proposed: it holds once another person has approved it.")
        self.message_user(request, text, messages.SUCCESS)
        page = reverse("admin:proposals_proposal_change", args=[proposal.id])
        return HttpResponseRedirect(page)

    def _context(self, request: HttpRequest) -> dict[str, Any]:
        return {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "media": self.media,
            "back": reverse("admin:proposals_twopeoplerule_changelist"),
        }


def _line(rule: Rule) -> dict[str, Any]:
    return {
        "kind": rule.kind,
        "need": _WORDS[rule.need],
        "limits": _amounts(rule) if rule.need is Need.ABOVE else [],
        "is_own": rule.is_own,
        "url": None
        if rule.kind.is_fixed
        else reverse("admin:proposals_twopeoplerule_propose", args=[rule.kind.name]),
    }


def _amounts(rule: Rule) -> list[str]:
    return [str(Money(minor, code)) for code, minor in sorted(rule.limits.items())]


def _initial(rule: Rule) -> dict[str, Any]:
    return {"need": rule.need.value, "limits": "\n".join(_amounts(rule))}
