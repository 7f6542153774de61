"""A bank's status report (pain.002) applied: what it refuses becomes the merchants' again."""

from uuid import UUID

from settlement.bank import pain002
from settlement.bank.references import find_ids
from settlement.bank.statement import StatementRefused
from settlement.models import BankFile, PaymentFile, Payout
from settlement.services.move_payouts import Cause, move_payouts
from settlement.services.payment_files import groups_of, move_payment_file
from settlement.state import PaymentFileEvent, PaymentFileStatus, PayoutEvent, PayoutStatus


def apply_report(file: BankFile, report: pain002.Report) -> PaymentFile:
    """Reject the payouts that the bank refuses, once each, and note what became of the file.

    Raises StatementRefused for a file or payout that is not ours, and as ``move_payouts`` does.
    """
    row = _file_of(report)
    groups = groups_of(row.id)
    for refused in report.refused:
        keys = _payouts_of(row, groups, refused)
        waiting = Payout.objects.filter(id__in=keys).exclude(status=PayoutStatus.REJECTED)
        cause = Cause("bank", file.public_id, refused.reason)
        move_payouts(list(waiting.values_list("id", flat=True)), PayoutEvent.REJECTED, cause)
    left = Payout.objects.filter(payment_file=row).exclude(status=PayoutStatus.REJECTED).exists()
    reason = report.refused[0].reason if report.refused else ""
    if not left:
        move_payment_file(row, PaymentFileEvent.REJECTED, reason=reason)
    elif row.status == PaymentFileStatus.SENT:
        move_payment_file(row, PaymentFileEvent.ACCEPTED)
    return row


def _file_of(report: pain002.Report) -> PaymentFile:
    for key in find_ids(PaymentFile.PREFIX, [report.message]):
        row = PaymentFile.objects.filter(id=key, sent_at__isnull=False).first()
        if row is not None:
            return row
    raise StatementRefused(f"no payment file {report.message[:40]!r} was sent", 1, "OrgnlMsgId")


def _payouts_of(
    row: PaymentFile, groups: dict[str, list[UUID]], refused: pain002.Refused
) -> list[UUID]:
    ours = {key for keys in groups.values() for key in keys}
    if refused.end_to_end:
        found = [key for key in find_ids(Payout.PREFIX, [refused.end_to_end]) if key in ours]
        if not found:
            reason = f"{refused.end_to_end[:40]!r} is no payout of {row.name}"
            raise StatementRefused(reason, 1, "OrgnlEndToEndId")
        return found
    if not refused.group:
        return list(ours)
    if refused.group.lower() not in groups:
        raise StatementRefused(f"{refused.group[:40]!r} is not in {row.name}", 1, "OrgnlPmtInfId")
    return groups[refused.group.lower()]
