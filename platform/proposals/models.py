"""The proposal, and an acquirer's own rule of when one is needed."""

import json
from typing import Any

from django.db import models
from django.db.models import F, Q

from proposals.kinds import KINDS
from proposals.state import Need, Status
from tenancy.audit import Audit
from tenancy.encryption import EncryptedTextField
from tenancy.models import Staff
from tenancy.scoped import TenantModel


class Proposal(TenantModel):
    """A change that waits for a second person.

    ``payload`` is what is to be applied, as JSON, encrypted, for it may hold secrets. ``before``
    and ``after`` are what people compare; ``found`` is what stood instead of ``before`` when it
    was to be approved.
    """

    PREFIX = "prp"
    MERCHANT_COLUMN = None
    AUDIT = Audit(merchant_column=None, secret=frozenset({"payload"}))

    kind = models.CharField(max_length=32)
    subject = models.CharField(max_length=64)  # a public id
    subject_label = models.CharField("about", max_length=128)
    payload = EncryptedTextField()
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    found = models.JSONField(null=True)

    status = models.CharField(
        max_length=16, choices=[(s.value, s.value) for s in Status], default=Status.PENDING
    )
    reason = models.CharField(max_length=256)
    # Who proposed it; of a key, who issued it: that person decides nothing of it either.
    proposed_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    proposed_with = models.CharField(max_length=64, blank=True, default="")  # a key: ack_01j…
    expires_at = models.DateTimeField()
    decided_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.CharField(max_length=256, blank=True, default="")
    result = models.CharField(max_length=64, blank=True, default="")  # what came of it: a public id

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["acquirer", "kind", "subject"],
                condition=Q(status="pending"),
                name="one_pending_proposal_per_subject",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[status.value for status in Status]),
                name="proposal_status_is_known",
            ),
            models.CheckConstraint(
                condition=Q(proposed_by__isnull=False) | ~Q(proposed_with=""),
                name="proposal_has_a_proposer",
            ),
            models.CheckConstraint(
                condition=Q(status="pending", decided_by=None, decided_at=None)
                | Q(status="expired", decided_by=None, decided_at__isnull=False)
                | Q(status="withdrawn", decided_by=F("proposed_by"), decided_at__isnull=False)
                | (
                    Q(status__in=["approved", "refused"], decided_by__isnull=False)
                    & Q(decided_at__isnull=False)
                    & ~Q(decided_by=F("proposed_by"))
                ),
                name="proposal_is_decided_by_another_person",
            ),
        ]
        indexes = [
            models.Index(
                fields=["acquirer", "-id"], condition=Q(status="pending"), name="proposal_inbox"
            ),
            models.Index(
                fields=["expires_at"], condition=Q(status="pending"), name="proposal_expiry"
            ),
            models.Index(fields=["subject"], name="proposal_by_subject"),
        ]

    @property
    def label(self) -> str:
        kind = KINDS.get(self.kind)
        return self.kind if kind is None else kind.label

    @property
    def proposer(self) -> str:
        """Who proposed it, for people to read: a person, or a key and whose it is."""
        if not self.proposed_with:
            return str(self.proposed_by)
        return (
            f"{self.proposed_with} ({self.proposed_by})" if self.proposed_by else self.proposed_with
        )

    @property
    def person(self) -> Staff:
        """Who proposed it, where only people propose such a thing."""
        assert self.proposed_by is not None  # noqa: S101 - keys propose only some kinds
        return self.proposed_by

    @property
    def actor(self) -> str:
        """The proposer as histories name it: ``staff:ada@…``, or a key's id."""
        return self.proposed_with or self.person.actor

    @property
    def content(self) -> dict[str, Any]:
        """What is to be applied; may hold secrets."""
        found: dict[str, Any] = json.loads(self.payload)
        return found

    @property
    def is_pending(self) -> bool:
        return self.status == Status.PENDING

    @property
    def is_stale(self) -> bool:
        """Whether it was refused because what it was made against had changed."""
        return self.found is not None

    def changes(self) -> list[dict[str, Any]]:
        """Each fact with its value before, after and, where it was stale, as found."""
        names = dict.fromkeys((*self.before, *self.after))
        found = self.found or {}
        return [
            {
                "name": name,
                "before": self.before.get(name, ""),
                "after": self.after.get(name, self.before.get(name, "")),
                "found": found.get(name, ""),
                "has_changed": self.after.get(name, self.before.get(name)) != self.before.get(name),
            }
            for name in names
        ]


class TwoPeopleRule(TenantModel):
    """When this acquirer wants a second person for a kind of change.

    ``limits`` are minor units by currency, read where ``need`` is "above".
    """

    PREFIX = "tpr"
    MERCHANT_COLUMN = None
    AUDIT = Audit(merchant_column=None)

    kind = models.CharField(max_length=32)
    need = models.CharField(max_length=8, choices=[(n.value, n.value) for n in Need])
    limits = models.JSONField(default=dict, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["acquirer", "kind"], name="one_two_people_rule_per_kind"
            ),
            models.CheckConstraint(
                condition=Q(need__in=[need.value for need in Need]),
                name="two_people_need_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.need}"
