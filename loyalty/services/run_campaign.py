"""Starting, pausing and ending a campaign (loyalty.campaign_state)."""

from django.db import transaction

from kernel import clock
from kernel.errors import Conflict
from loyalty.campaign_state import CampaignStatus, IllegalStep, Step, next_campaign_status
from loyalty.models import Campaign


def move_campaign(campaign: Campaign, step: Step) -> Campaign:
    """The campaign after ``step``; a payment that has its coupon already keeps it.

    Raises Conflict ``campaign_step_not_possible``, also for the start of one without merchants or
    past its end.
    """
    with transaction.atomic():
        row = Campaign.objects.select_for_update(of=("self",), no_key=True).get(id=campaign.id)
        try:
            status = next_campaign_status(CampaignStatus(row.status), step)
        except IllegalStep:
            raise _refused(f"A campaign that is {row.status} cannot be told to {step}.") from None
        if step is Step.START and (why := _why_not(row)):
            raise _refused(why)
        row.status = status
        row.save(update_fields=["status"])
    campaign.status = row.status
    return row


def _why_not(campaign: Campaign) -> str:
    if campaign.ends_at <= clock.now():
        return "Its end has passed; give it another one."
    if not campaign.participants.exists():
        return "No merchant takes part; name one."
    return ""


def _refused(detail: str) -> Conflict:
    return Conflict("campaign_step_not_possible", detail)
