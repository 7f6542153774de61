"""Taking one of the scheme's files: kept byte for byte, read strictly, loaded whole or refused."""

import hashlib
from collections.abc import Callable, Iterator
from datetime import date
from typing import IO

import structlog
from django.core.files.base import File
from django.core.files.storage import Storage, storages
from django.db import IntegrityError, transaction

from kernel.errors import FieldError, NotFound, Rejected
from merchants.models import PartnerAccount
from settlement.models import SchemeFile
from settlement.scheme_files import settlement
from settlement.scheme_files import transaction as transactions
from settlement.scheme_files.names import TRANSACTION, FileName, read_name
from settlement.scheme_files.piece import Piece
from settlement.scheme_files.refusal import FileRefused
from settlement.services.load_rows import load_rows
from settlement.state import FileState
from tenancy.audit import note

log = structlog.get_logger(__name__)

_CHUNK = 1024 * 1024
Progress = Callable[[int], None]


def take_file(
    account: PartnerAccount,
    name: str,
    file: IO[bytes],
    *,
    source: str,
    actor: str,
    progress: Progress = lambda read: None,
) -> SchemeFile:
    """Keep and load ``file``; the row says what became of it. The same bytes again are a no-op.

    A malformed file is kept and refused whole, with its line and column. A corrected one supersedes
    the one that is loaded for its day. Raises Rejected for a name that is not the account's.
    """
    named = check_name(account, name)
    digest, size = _digest(file)
    known = _find(account, named, digest)
    if known is not None and known.state != FileState.REFUSED:
        return known
    row = known or _keep(account, named, file, digest, size, source=source, actor=actor)
    _load(row, account, file, progress)
    log.info("scheme_file_taken", name=name, state=row.state, rows=row.row_count)
    return row


def open_file(row: SchemeFile) -> IO[bytes]:
    """The file as it came. Raises NotFound where it is gone from its folder."""
    try:
        opened: IO[bytes] = _storage().open(row.stored_as)
    except FileNotFoundError:
        raise NotFound("not_found", "The file is not in its folder.") from None
    detail = {"file": row.public_id, "name": row.name, "sha256": row.sha256}
    note("scheme_file_read", row.public_id, acquirer_id=row.acquirer_id, detail=detail)
    return opened


def line_of(row: SchemeFile, number: int) -> str:
    """The line as it came, without its end; empty where there is none."""
    with _storage().open(row.stored_as) as file:
        for at, line in enumerate(file, 1):
            if at == number:
                return bytes(line).decode(errors="replace").rstrip("\r\n")
    return ""


def check_name(account: PartnerAccount, name: str) -> FileName:
    """The parts of a file's name. Raises Rejected for one that is not the account's."""
    named = read_name(name)
    if named is None:
        reason = "Not a name of Alipay's: 2088…_transaction_20261122.txt, or …_settlement_…."
    elif named.partner != account.partner_id:
        reason = f"It is partner {named.partner}'s, not {account.partner_id}'s."
    else:
        return named
    fault = FieldError("file", "invalid", reason)
    raise Rejected("invalid_request", "Please correct: file.", errors=(fault,))


def _find(account: PartnerAccount, named: FileName, digest: str) -> SchemeFile | None:
    rows = SchemeFile.objects.filter(partner_account=account, kind=named.kind, sha256=digest)
    return rows.filter(business_date=named.day).first()


def _keep(
    account: PartnerAccount,
    named: FileName,
    file: IO[bytes],
    digest: str,
    size: int,
    *,
    source: str,
    actor: str,
) -> SchemeFile:
    row = SchemeFile(
        acquirer_id=account.acquirer_id,
        partner_account=account,
        livemode=account.livemode,
        kind=named.kind,
        business_date=named.day,
        name=str(named),
        source=source,
        size_bytes=size,
        sha256=digest,
        taken_by=actor[:128],
        state=FileState.REFUSED,
        refused_because="not read to its end",
    )
    _storage().save(row.stored_as, File(file))
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:  # the same file at the same instant: one of the two rows is there
        _storage().delete(row.stored_as)
        first = _find(account, named, digest)
        if first is None:
            raise
        return first
    return row


def _load(row: SchemeFile, account: PartnerAccount, file: IO[bytes], progress: Progress) -> None:
    file.seek(0)
    try:
        with transaction.atomic():
            # Whoever loads it is waited for, and has perhaps done it.
            held = SchemeFile.objects.select_for_update(no_key=True).get(pk=row.pk)
            if held.state != FileState.REFUSED:
                row.refresh_from_db()
                return
            row.row_count = load_rows(row, _pieces(row, account, file), progress)
            _supersede(row)
            row.state, row.refused_because = FileState.LOADED, ""
            row.refused_line, row.refused_column = None, ""
            row.save()
    except FileRefused as refusal:
        row.row_count, row.state = 0, FileState.REFUSED
        row.refused_line, row.refused_column = refusal.line, refusal.column
        row.refused_because = refusal.reason[:256]
        row.save()


def _pieces(row: SchemeFile, account: PartnerAccount, file: IO[bytes]) -> Iterator[Piece]:
    day: date = row.business_date
    if row.kind == TRANSACTION:
        return transactions.read_pieces(file, partner=account.partner_id, day=day)
    return settlement.read_pieces(file, day=day)


def _supersede(row: SchemeFile) -> None:
    """The one loaded until now counts no more; locked, so that two corrections take turns."""
    loaded = SchemeFile.objects.select_for_update(no_key=True).filter(
        partner_account_id=row.partner_account_id,
        kind=row.kind,
        business_date=row.business_date,
        state=FileState.LOADED,
    )
    for other in loaded:
        other.state = FileState.SUPERSEDED
        other.save(update_fields=["state"])


def _digest(file: IO[bytes]) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    file.seek(0)
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
        size += len(chunk)
    file.seek(0)
    return digest.hexdigest(), size


def _storage() -> Storage:
    return storages["scheme_files"]
