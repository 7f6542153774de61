"""The e-mail to an acquirer's operations about files that are not there, or came malformed."""

from collections.abc import Sequence
from datetime import timedelta

from kernel import clock
from settlement.models import ExpectedFile
from tenancy.owed_mail import Owed, OwedMail, addresses_of, send
from tenancy.roles import Role
from tenancy.scope import platform_scope

_MAIL = OwedMail(model=ExpectedFile, due="tell_at", lease=timedelta(minutes=5))
_WHO = (Role.OWNER, Role.OPERATIONS, Role.FINANCE)


def tell_missing_files() -> int:
    """Send what is owed, one e-mail for each acquirer; how many were sent."""
    with platform_scope():
        return sum(_tell(owed) for owed in _MAIL.claim())


def _tell(owed: Owed) -> bool:
    found = ExpectedFile.objects.filter(id__in=owed.row_ids).select_related("partner_account")
    text = write_text(list(found.order_by("business_date", "kind", "id")))
    to = addresses_of(owed.acquirer_id, _WHO)
    subject = "[Tillgate] Daily files are missing"
    if to and not send(to, subject, text, failed="missing_files_not_told"):
        return False
    _MAIL.strike(owed, told_at=clock.now() if to else None)
    return bool(to)


def write_text(rows: Sequence[ExpectedFile]) -> str:
    """The e-mail."""
    lines = [
        f"- {row.kind} file of {row.business_date}, partner {row.partner_account.partner_id}"
        f" ({'live' if row.livemode else 'test'}): {row.said}"
        for row in rows
    ]
    last = "They are looked for again and again; the page of expected files shows how it goes."
    return "\n".join(["These files of Alipay's could not be taken:", "", *lines, "", last])
