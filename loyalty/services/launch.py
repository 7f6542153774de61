"""Launching: the audience is drawn and frozen, once, under the campaign's lock; or nothing is.

Issuing the coupons is for workers (loyalty.services.issue_launch).
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext_noop

from kernel import clock, ids
from kernel.errors import Conflict
from loyalty.audience import MAY_BE_TOLD, count_promised
from loyalty.campaign_state import CampaignStatus
from loyalty.control_group import is_held_out
from loyalty.discounts import most_off
from loyalty.launch_state import AudienceStatus, LaunchStatus
from loyalty.models import Campaign, Launch

AUDIENCE_LIMIT = 200_000  # members of one launch
_FREEZE = f"""
WITH frozen AS (
    INSERT INTO loyalty_audiencemember (id, created_at, acquirer_id, launch_id, member_id, status)
    SELECT chosen.id, %(now)s, %(acquirer)s, %(launch)s, member.id,
           CASE WHEN chosen.is_held_out THEN %(control)s ELSE %(waiting)s END
      FROM unnest(%(ids)s::uuid[], %(members)s::uuid[], %(held_out)s::boolean[])
           AS chosen (id, member_id, is_held_out)
      JOIN loyalty_member AS member ON member.id = chosen.member_id
     WHERE member.programme_id = %(programme)s AND member.livemode = %(livemode)s
       AND {MAY_BE_TOLD}
    RETURNING status)
SELECT count(*) FILTER (WHERE status = %(waiting)s), count(*) FILTER (WHERE status = %(control)s)
  FROM frozen
"""  # noqa: S608 - words of ours


def start_launch(launch: Launch, members: Sequence[UUID], *, at_least: int, by: str) -> Launch:
    """Freeze ``members`` as the launch's audience and have the coupons issued.

    Who does not agree to marketing at this moment, or is of another programme or mode, is left
    out. ``at_least`` is the fewest members an audience may have.

    Raises Conflict: ``launch_not_draft``, ``campaign_over``, ``campaign_not_for_launch``,
    ``segment_too_small``, ``segment_too_large``, ``launch_exceeds_budget``.
    """
    check_not_too_many(len(members))
    with transaction.atomic():
        campaign: Campaign = _lock(Campaign, launch.campaign_id)
        row: Launch = _lock(Launch, launch.id)
        if not row.is_draft:
            raise Conflict("launch_not_draft", "It was launched already.")
        check_campaign(row, campaign)
        targets, held_out = _freeze(row, campaign, members)
        check_not_too_few(targets + held_out, at_least)
        check_budget(campaign, targets, is_first_come=row.is_first_come)
        row.status = LaunchStatus.ISSUING
        row.launched_at = row.due_at = clock.now()
        row.launched_by = by[:128]
        row.target_count, row.control_count = targets, held_out
        row.save()
    return row


def stop_launch(launch: Launch, *, why: str) -> Launch:
    """Issue no more; what was issued stays. Raises Conflict ``launch_not_issuing``."""
    with transaction.atomic():
        row: Launch = _lock(Launch, launch.id)
        if row.status != LaunchStatus.ISSUING:
            raise Conflict("launch_not_issuing", "It issues nothing at the moment.")
        end(row, LaunchStatus.STOPPED, why=why)
    return row


def end(row: Launch, status: LaunchStatus, *, why: str = "") -> None:
    """Write that the launch has ended; under its lock."""
    row.status, row.failure, row.finished_at = status, why, clock.now()
    row.rest()
    row.save()


def draws(launch_id: UUID, member_id: UUID, control_basis_points: int) -> bool:
    """Whether the launch holds this member out: always the same answer."""
    return is_held_out(launch_id, member_id.hex, control_basis_points)


def check_not_too_many(members: int) -> None:
    """Raises Conflict ``segment_too_large``."""
    if members > AUDIENCE_LIMIT:
        raise Conflict("segment_too_large", "More than 200,000 members at once: choose fewer.")


def check_not_too_few(members: int, at_least: int) -> None:
    """Raises Conflict ``segment_too_small``."""
    if members < at_least:
        raise Conflict(
            "segment_too_small", "Too few members: so small a group is not told, nor written to."
        )


def check_budget(campaign: Campaign, targets: int, *, is_first_come: bool) -> None:
    """Raises Conflict ``launch_exceeds_budget`` where the campaign cannot keep so many more.

    Beside what its launches have promised already. First come, first served promises nothing; the
    budget is kept at the till, as ever.
    """
    if fault := "" if is_first_come else _exceeds(campaign, count_promised(campaign) + targets):
        raise Conflict("launch_exceeds_budget", fault)


def _exceeds(campaign: Campaign, promised: int) -> str:
    if campaign.uses_left is not None and promised > campaign.uses_left:
        return gettext_noop("More coupons than the campaign has redemptions left.")
    if campaign.budget_left_minor is None:
        return ""
    most = most_off(campaign.terms)
    if most is None:
        return gettext_noop("Nobody can say what a coupon costs at most: give the campaign a cap.")
    if promised * most > campaign.budget_left_minor:
        return gettext_noop("More coupons than the campaign's budget can pay.")
    return ""


def check_campaign(launch: Launch, campaign: Campaign) -> None:
    """Raises Conflict unless the campaign goes on, at the tills of those whose customers they are.

    A launch of one merchant needs that merchant in the campaign; one of a whole programme a
    campaign whose merchants are all of the programme.
    """
    if campaign.status not in {CampaignStatus.ACTIVE, CampaignStatus.PAUSED}:
        raise Conflict("campaign_over", "The campaign is not running: start it first.")
    if clock.now() >= campaign.ends_at:
        raise Conflict("campaign_over", "The campaign has ended: nobody could use the coupon.")
    merchants = set(campaign.participants.values_list("merchant_id", flat=True))
    members_of = set(launch.programme.participations.values_list("merchant_id", flat=True))
    if launch.merchant_id is not None:
        is_fit = launch.merchant_id in merchants & members_of
    else:
        is_fit = bool(merchants) and merchants <= members_of
    if not is_fit:
        raise Conflict(
            "campaign_not_for_launch", "The campaign's merchants are not those of the members."
        )


def _lock(model: Any, row_id: UUID) -> Any:
    return model.objects.select_for_update(of=("self",), no_key=True).get(id=row_id)


def _freeze(row: Launch, campaign: Campaign, members: Sequence[UUID]) -> tuple[int, int]:
    said: dict[str, Any] = {
        "now": clock.now(),
        "acquirer": row.acquirer_id,
        "launch": row.id,
        "programme": row.programme_id,
        "livemode": campaign.livemode,
        "waiting": AudienceStatus.WAITING.value,
        "control": AudienceStatus.CONTROL.value,
        "ids": [ids.new_uuid() for _ in members],
        "members": list(members),
        "held_out": [draws(row.id, each, row.control_basis_points) for each in members],
    }
    with connection.cursor() as cursor:
        cursor.execute(_FREEZE, said)
        [(targets, held_out)] = cursor.fetchall()
    return int(targets), int(held_out)
