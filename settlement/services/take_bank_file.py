"""Taking a file of the bank's: kept byte for byte, read strictly, applied whole or refused.

A statement books what it shows: payouts that left or came back, and what nobody can explain yet
into suspense. A status report says which payouts the bank does not pay.
"""

import codecs
import hashlib
from collections.abc import Callable
from typing import IO
from uuid import UUID

import structlog
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.db import IntegrityError, transaction

from kernel.errors import NotFound, TillgateError
from settlement.bank import camt, csv_form, mt940, pain002
from settlement.bank.statement import LONGEST_BYTES, StatementRefused, check_statement
from settlement.bank.statement import BankStatement as Read
from settlement.models import BankFile
from settlement.services.apply_report import apply_report
from settlement.services.load_statement import load_statement
from settlement.services.reconcile_bank import reconcile_bank
from settlement.state import FileState
from tenancy.audit import note
from tenancy.models import Acquirer
from tenancy.saving import faulty
from tenancy.scope import tenant_scope

log = structlog.get_logger(__name__)

Form = BankFile.Form
STATEMENTS: dict[str, Callable[[bytes], list[Read]]] = {
    Form.CAMT053: camt.read,
    Form.MT940: mt940.read,
    Form.CSV: csv_form.read,
}


def take_bank_file(acquirer: Acquirer, name: str, content: bytes, *, actor: str) -> BankFile:
    """Keep and apply the file; the row says what became of it. The same bytes again are a no-op.

    A malformed one, or one that does not fit what is known, is kept and refused whole. Raises
    Rejected for a file that is empty, too long, or of no form that is known.
    """
    if not 0 < len(content) <= LONGEST_BYTES:
        raise faulty("file", f"At most {LONGEST_BYTES // 1024**2} MB, and not empty.")
    form = find_form(content)
    if form is None:
        raise faulty("file", "Neither camt.053, MT940, pain.002 nor our CSV.")
    digest = hashlib.sha256(content).hexdigest()
    with tenant_scope(acquirer.id):
        known = BankFile.objects.filter(sha256=digest).first()
        if known is not None and known.state == FileState.LOADED:
            return known
        row = known or _keep(acquirer.id, name, form, content, digest, actor)
        _apply(row, content)
        for livemode in set(row.statements.values_list("livemode", flat=True)):
            reconcile_bank(livemode=livemode)
        log.info("bank_file_taken", name=row.name, form=row.form, state=row.state)
        return row


def find_form(content: bytes) -> str | None:
    """By what the file begins with."""
    start = content[:4096].lstrip(b"\xef\xbb\xbf").lstrip()
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        start = start.decode("utf-16", "ignore").encode()
    if start.startswith(b"<"):
        return Form.PAIN002 if b"pain.002" in start else Form.CAMT053
    if start.startswith((b":20:", b"{1:")):
        return Form.MT940
    return Form.CSV if start.startswith(b"account,") else None


def _keep(
    acquirer_id: UUID, name: str, form: str, content: bytes, digest: str, actor: str
) -> BankFile:
    row = BankFile(
        acquirer_id=acquirer_id,
        form=form,
        name="".join(filter(str.isprintable, name))[-128:] or "unnamed",
        sha256=digest,
        size_bytes=len(content),
        taken_by=actor[:128],
        state=FileState.REFUSED,
        refused_because="not read to its end",
    )
    _storage().save(row.stored_as, ContentFile(content))
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:  # the same file at the same instant: one of the two rows is there
        _storage().delete(row.stored_as)
        return BankFile.objects.get(sha256=digest)
    return row


def _apply(row: BankFile, content: bytes) -> None:
    try:
        with transaction.atomic():
            # Whoever applies it is waited for, and has perhaps done it.
            held = BankFile.objects.select_for_update(no_key=True).get(pk=row.pk)
            if held.state == FileState.LOADED:
                row.refresh_from_db()
                return
            if row.form == Form.PAIN002:
                apply_report(row, pain002.read(content))
            else:
                for statement in STATEMENTS[row.form](content):
                    load_statement(row, check_statement(statement))
            _end(row, FileState.LOADED)
    except StatementRefused as refusal:
        _end(row, FileState.REFUSED, refusal.reason, refusal.line, refusal.column)
    except TillgateError as refusal:
        _end(row, FileState.REFUSED, refusal.detail)


def _end(
    row: BankFile, state: FileState, because: str = "", line: int | None = None, column: str = ""
) -> None:
    row.state, row.refused_because = state, because[:256]
    row.refused_line, row.refused_column = line, column[:64]
    row.save()


def _storage() -> Storage:
    return storages["settlements"]


def open_bank_file(row: BankFile, *, by: str) -> IO[bytes]:
    """The file as it came; who took it is on the audit trail. Raises NotFound where it is gone."""
    try:
        opened: IO[bytes] = _storage().open(row.stored_as)
    except FileNotFoundError:
        raise NotFound("not_found", "The file is not in its storage.") from None
    detail = {"file": row.name, "sha256": row.sha256, "by": by}
    note("bank_file_read", row.public_id, acquirer_id=row.acquirer_id, detail=detail)
    return opened
