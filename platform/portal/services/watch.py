"""Watching: findings become incidents, incidents go on, end, and come back.

The rows are the memory: whoever runs this next goes on from them. Where two run at once the second
does nothing.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import structlog
from django.db import transaction

from events.types import EventType
from kernel import clock
from portal.health import rules
from portal.health.findings import Finding, find_now, find_silence
from portal.health.judge import Verdict
from portal.health.subject import Subject
from portal.models import Incident
from portal.selectors.readings import of_incident
from portal.services.announce import announce
from portal.state import Kind
from tenancy.alone import is_alone
from tenancy.scope import platform_scope

log = structlog.get_logger(__name__)

OPEN_LIMIT = 2000  # incidents open at once, of all acquirers; above it none is opened
_RATES = frozenset(Kind) - {Kind.SILENT}
Key = tuple[str, Subject]


def watch_rates() -> int:
    """Judge rates and times; how many incidents were opened or came back."""
    return _watch(_RATES)


def watch_silence() -> int:
    """Judge silence; how many incidents were opened or came back."""
    return _watch(frozenset({Kind.SILENT}))


def _watch(kinds: frozenset[Kind]) -> int:
    with platform_scope(), transaction.atomic():
        if not is_alone("portal.watch"):
            return 0
        now = clock.now()
        found = list(find_silence(now) if Kind.SILENT in kinds else find_now(now))
        rows = {
            (row.kind, of_incident(row)): row
            for row in Incident.objects.filter(ended_at__isnull=True)
        }
        troubled = [each for each in found if each.verdict is Verdict.TROUBLE]
        causes = [*((f.kind, f.subject) for f in troubled), *rows]
        opened = 0
        for finding in troubled:
            if (finding.kind, finding.subject) not in rows and not _is_covered(finding, causes):
                opened += _open(finding, now, is_allowed=len(rows) + opened < OPEN_LIMIT)
        _carry_on(rows, found, kinds, now)
        return opened


def _is_covered(finding: Finding, causes: Iterable[Key]) -> bool:
    """Whether a wider or weightier trouble explains this one."""
    return any(
        finding.kind in rules.COVERS.get(Kind(kind), frozenset())
        and (kind, subject) != (finding.kind, finding.subject)
        and finding.subject.lies_below(subject)
        for kind, subject in causes
    )


def _open(finding: Finding, now: datetime, *, is_allowed: bool) -> int:
    """A new incident, or the same one again if it ended a moment ago."""
    subject = finding.subject
    place = {
        "kind": finding.kind.value,
        "acquirer_id": subject.acquirer_id,
        "livemode": subject.livemode,
        "partner_account_id": subject.partner_account_id,
        "merchant_id": subject.merchant_id,
        "store_id": subject.store_id,
        "terminal_id": subject.terminal_id,
        "address": subject.address,
        "key_id": subject.key_id,
    }
    read = {"value": finding.value, "sample": finding.sample, "last_seen_at": now}
    lately = Incident.objects.filter(ended_at__gte=now - rules.REOPENS_WITHIN, **place)
    last = lately.order_by("-ended_at").first()
    if last is not None:
        Incident.objects.filter(id=last.id).update(ended_at=None, **read)
        announce(last.id, EventType.INCIDENT_OPENED)
        return 1
    if not is_allowed:
        log.error("too_many_incidents", kind=finding.kind.value)
        return 0
    row = Incident.objects.create(level=finding.level.value, mail_due_at=now, **place, **read)
    announce(row.id, EventType.INCIDENT_OPENED)
    log.warning("incident_opened", incident=row.public_id, kind=row.kind, level=row.level)
    return 1


def _carry_on(
    rows: dict[Key, Incident], found: Iterable[Finding], kinds: frozenset[Kind], now: datetime
) -> None:
    """Each open incident of ``kinds`` was seen again, stays, or ends."""
    verdicts = {(each.kind.value, each.subject): each for each in found}
    for key, row in rows.items():
        if Kind(row.kind) not in kinds:
            continue
        finding = verdicts.get((row.kind, key[1]))
        verdict = Verdict.UNKNOWN if finding is None else finding.verdict
        if finding is not None and verdict in (Verdict.TROUBLE, Verdict.STAYS):
            _update(row.id, last_seen_at=now, value=finding.value, sample=finding.sample)
            continue
        calm = rules.UNKNOWN_CALM if verdict is Verdict.UNKNOWN else rules.CALM
        if now - row.last_seen_at >= calm:
            _update(row.id, ended_at=now, mail_due_at=None)
            announce(row.id, EventType.INCIDENT_CLOSED)
            log.info("incident_ended", incident=row.public_id, kind=row.kind)


def _update(row_id: UUID, **values: object) -> None:
    Incident.objects.filter(id=row_id).update(**values)
