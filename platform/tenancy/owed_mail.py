"""E-mails that rows owe until they are sent.

An e-mail is sent under a lease and struck off after: a process that dies between the two has it
sent twice at most for that death, and none is lost. No connection to the database is held while a
mail server is spoken to.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.errors import MessageError
from smtplib import SMTPException
from typing import Any
from uuid import UUID

import structlog
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import Q

from kernel import clock
from tenancy.models import Staff
from tenancy.postgres import release_connection
from tenancy.roles import Role
from tenancy.scoped import TenantModel

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Owed:
    """Rows of one acquirer whose e-mail is ours to send until ``until``."""

    acquirer_id: UUID
    row_ids: list[UUID]
    until: datetime


@dataclass(frozen=True, kw_only=True)
class OwedMail:
    """The e-mail that a row of ``model`` owes from the moment in its column ``due`` on."""

    model: type[TenantModel]
    due: str
    lease: timedelta
    at_once: int = 200  # rows

    def claim(self) -> list[Owed]:
        """What is due, the oldest first, by acquirer; in the platform's scope."""
        now = clock.now()
        rows: Any = self.model._default_manager
        by_acquirer: dict[UUID, list[UUID]] = defaultdict(list)
        with transaction.atomic():
            due = rows.filter(**{f"{self.due}__lte": now}).order_by(self.due, "id")
            due = due.select_for_update(no_key=True, skip_locked=True)
            for row_id, acquirer_id in due.values_list("id", "acquirer_id")[: self.at_once]:
                by_acquirer[acquirer_id].append(row_id)
            claimed = [row_id for row_ids in by_acquirer.values() for row_id in row_ids]
            rows.filter(id__in=claimed).update(**{self.due: now + self.lease})
        return [Owed(whose, row_ids, now + self.lease) for whose, row_ids in by_acquirer.items()]

    def strike(self, owed: Owed, **facts: Any) -> None:
        """It is sent: write ``facts`` and owe nothing, but for what came to be owed meanwhile."""
        rows: Any = self.model._default_manager
        # A row that ended meanwhile owes nothing any more, and was told of all the same.
        mine = rows.filter(Q(**{self.due: owed.until}) | Q(**{self.due: None}))
        mine.filter(id__in=owed.row_ids).update(**{self.due: None}, **facts)


def addresses_of(acquirer_id: UUID, roles: Sequence[Role]) -> list[str]:
    """Of the acquirer's people with one of these roles, who was there first first."""
    staff = Staff.objects.filter(acquirer_id=acquirer_id, is_active=True, role__in=roles)
    return list(staff.order_by("id").values_list("email", flat=True))


def send(to: Sequence[str], subject: str, text: str, *, failed: str, **about: Any) -> bool:
    """Whether the mail server took it; if not, that is logged as ``failed``, with ``about``."""
    release_connection()
    try:
        send_mail(subject, text, None, to)
    except (OSError, SMTPException, MessageError) as error:
        log.warning(failed, error=type(error).__name__, **about)
        return False
    return True
