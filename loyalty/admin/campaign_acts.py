"""What staff do with a campaign: try it, start, pause and end it, and issue its codes."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _

from kernel.money import Money
from loyalty.campaign_state import STEPS, CampaignStatus, CodeOrderStatus, Step
from loyalty.discounts import Line, take_off
from loyalty.models import Campaign
from loyalty.services.code_orders import COUNT_LIMIT, order_codes
from loyalty.services.issue import share_code
from loyalty.services.run_campaign import move_campaign
from tenancy.acting_admin import Act, Confirm, Done
from tenancy.amounts import read_amount
from tenancy.signed_in import staff_of

_LINES_LIMIT = 50


class TryForm(Confirm):
    """A price, and a basket where the campaign is for certain goods."""

    price = forms.CharField(max_length=24, help_text="In the campaign's currency: 120.50")
    basket = forms.CharField(
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="One good a line: SKU, category, pieces, price of one. For example: "
        "TEA-1, drinks, 3, 18.00",
    )

    def clean_price(self) -> int:
        return self._minor(self.cleaned_data["price"])

    def clean_basket(self) -> list[Line]:
        rows = [row for row in self.cleaned_data["basket"].splitlines() if row.strip()]
        if len(rows) > _LINES_LIMIT:
            raise forms.ValidationError(_("At most 50 lines."))
        return [self._line(row) for row in rows]

    def _line(self, row: str) -> Line:
        cells = [cell.strip() for cell in row.split(",")]
        if len(cells) != 4 or not cells[2].isdecimal() or not 0 < int(cells[2]) <= 1_000_000:
            raise forms.ValidationError(_("Each line: SKU, category, pieces, price of one."))
        return Line(int(cells[2]), self._minor(cells[3]), cells[0] or None, cells[1] or None)

    def _minor(self, text: str) -> int:
        amount = read_amount(text, self.row.currency)
        if amount.minor < 0:
            raise forms.ValidationError(_("Not below nothing."))
        return amount.minor


class CountForm(Confirm):
    """How many codes."""

    count = forms.IntegerField(label="codes", min_value=1, max_value=COUNT_LIMIT, initial=100)


class WordForm(Confirm):
    """A word that people remember."""

    code = forms.CharField(max_length=40, help_text="4 to 32 letters and digits, such as TEA10.")


def _try(request: HttpRequest, campaign: Campaign, said: dict[str, Any]) -> Done:
    off = take_off(campaign.terms, said["price"], said["basket"])
    if off == 0 or said["price"] < campaign.minimum_spend_minor:
        return Done(_("The campaign takes nothing off this basket."))
    price, less = Money(said["price"], campaign.currency), Money(off, campaign.currency)
    return Done(
        _("%(price)s less %(less)s is %(charge)s.")
        % {"price": price, "less": less, "charge": price - less}
    )


def _issue(request: HttpRequest, campaign: Campaign, said: dict[str, Any]) -> Done:
    order = order_codes(campaign, said["count"], by=staff_of(request).actor)
    if order.status == CodeOrderStatus.MADE:
        text = _("%(count)s codes were issued.") % {"count": order.made_count}
    else:
        text = _("The codes are being made.")
    return Done(text, about=order.public_id)


def _share(request: HttpRequest, campaign: Campaign, said: dict[str, Any]) -> Done:
    coupon = share_code(campaign, said["code"], issued_by=staff_of(request).actor)
    return Done(_("Customers may use %(code)s.") % {"code": coupon.code})


def _has_ended(request: HttpRequest, campaign: Campaign) -> str:
    return _("The campaign has ended.") if campaign.status == CampaignStatus.ENDED else ""


def _step(step: Step, label: str, warning: str, *, is_dangerous: bool = False) -> Act:
    def run(request: HttpRequest, campaign: Campaign, said: dict[str, Any]) -> Done:
        row = move_campaign(campaign, step)
        return Done(_("The campaign is %(status)s.") % {"status": _(row.status)})

    def is_closed(campaign: Campaign) -> bool:
        return (CampaignStatus(campaign.status), step) not in STEPS

    return Act(
        name=step.value,
        label=label,
        permission="loyalty.change_campaign",
        form=Confirm,
        run=run,
        closed=lambda request, row: _("Not from where it stands.") if is_closed(row) else "",
        is_out_of_place=is_closed,
        warning=warning,
        is_dangerous=is_dangerous,
    )


CAMPAIGN_ACTS = (
    Act("try", "Try on a basket", "loyalty.view_campaign", TryForm, _try),
    _step(Step.START, "Start", "From now on the tills of its merchants take its coupons."),
    _step(Step.PAUSE, "Pause", "Payments that have a coupon already keep it."),
    _step(
        Step.END,
        "End for good",
        "Its coupons are worth nothing any more, and it does not start again.",
        is_dangerous=True,
    ),
    Act("issue", "Issue codes", "loyalty.change_campaign", CountForm, _issue, _has_ended),
    Act("share", "Share a word", "loyalty.change_campaign", WordForm, _share, _has_ended),
)
