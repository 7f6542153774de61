"""A merchant's way from a draft to its first payment, and to its end: one table of steps.

Draft, submitted, in review, approved (its stores are being registered with Alipay), active; then
suspended and back, or closed. Only an active merchant is paid.
"""

from dataclasses import dataclass

from django.db import models


class Standing(models.TextChoices):
    """Where a merchant stands."""

    DRAFT = "draft", "Draft"
    SUBMITTED = "submitted", "Submitted"
    IN_REVIEW = "in_review", "In review"
    APPROVED = "approved", "Approved, being registered with Alipay"
    ACTIVE = "active", "Active"
    SUSPENDED = "suspended", "Suspended"
    CLOSED = "closed", "Closed"


class Step(models.TextChoices):
    """What moves a merchant on; the API and the history name them so."""

    TAKE_ON = "take_on", "Take on at once"
    SUBMIT = "submit", "Submit"
    REVIEW = "review", "Begin the review"
    RETURN = "return", "Return for correction"
    APPROVE = "approve", "Approve"
    ACTIVATE = "activate", "Activate"
    SUSPEND = "suspend", "Suspend"
    RESUME = "resume", "Resume"
    CLOSE = "close", "Close"


MOVE, APPROVAL, PLATFORM = "merchants.move_merchant", "merchants.approve_merchant", ""


@dataclass(frozen=True, slots=True)
class Rule:
    """From where a step leads where, who may make it, and what it asks for.

    ``permission`` is one of tenancy.roles; "" is the platform itself: no person makes that step.
    """

    sources: tuple[Standing, ...]
    target: Standing
    permission: str = MOVE
    needs_reason: bool = False
    needs_complete: bool = False
    needs_another_person: bool = False  # where the acquirer wants it: not who submitted


S = Standing
RULES: dict[Step, Rule] = {
    Step.TAKE_ON: Rule((S.DRAFT,), S.ACTIVE, PLATFORM),
    Step.SUBMIT: Rule((S.DRAFT,), S.SUBMITTED, needs_complete=True),
    Step.REVIEW: Rule((S.SUBMITTED,), S.IN_REVIEW, APPROVAL),
    Step.RETURN: Rule((S.SUBMITTED, S.IN_REVIEW, S.APPROVED), S.DRAFT, APPROVAL, needs_reason=True),
    Step.APPROVE: Rule(
        (S.SUBMITTED, S.IN_REVIEW),
        S.APPROVED,
        APPROVAL,
        needs_complete=True,
        needs_another_person=True,
    ),
    Step.ACTIVATE: Rule((S.APPROVED,), S.ACTIVE, PLATFORM),
    Step.SUSPEND: Rule((S.ACTIVE,), S.SUSPENDED, needs_reason=True),
    Step.RESUME: Rule((S.SUSPENDED,), S.ACTIVE),
    Step.CLOSE: Rule(
        (S.DRAFT, S.SUBMITTED, S.IN_REVIEW, S.APPROVED, S.ACTIVE, S.SUSPENDED),
        S.CLOSED,
        needs_reason=True,
    ),
}
# Whose stores are announced to Alipay.
REGISTERING = (Standing.APPROVED, Standing.ACTIVE)
# The way as people see it; what leads aside is not on it.
WAY = (S.DRAFT, S.SUBMITTED, S.IN_REVIEW, S.APPROVED, S.ACTIVE)
# Who is shown what is still missing.
UNFINISHED = (S.DRAFT, S.SUBMITTED, S.IN_REVIEW)
