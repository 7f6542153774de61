"""Keeping a merchant's papers: type by signature, size limited, never at a public address."""

import hashlib
from typing import IO

from django.core.files.base import File
from django.core.files.storage import Storage, storages
from django.db import transaction

from kernel.errors import NotFound
from merchants.models import Document, Merchant
from tenancy.audit import note
from tenancy.saving import faulty, save_checked

BYTES_LIMIT = 10 * 1024**2
# First bytes -> content type. What begins otherwise is refused, whatever its name says.
SIGNATURES: dict[bytes, str] = {
    b"%PDF-": "application/pdf",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
}
ENDINGS = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg"}


def keep_document(merchant: Merchant, file: "File[bytes]", *, kind: str, actor: str) -> Document:
    """Store the file under a random name, and write its row.

    Raises Rejected for ``kind``, and for a ``file`` that is empty, larger than BYTES_LIMIT or of
    another type than PDF, PNG and JPEG.
    """
    content_type = check_file(file)
    row = Document(
        acquirer_id=merchant.acquirer_id,
        merchant=merchant,
        kind=kind,
        file_name=(file.name or "unnamed")[-128:],
        content_type=content_type,
        size_bytes=file.size,
        sha256=_digest(file),
        added_by=actor[:128],
    )
    storage = _storage()
    storage.save(row.stored_as, file)
    try:
        with transaction.atomic():
            save_checked(row)
            _note("document_added", row)
    except BaseException:
        storage.delete(row.stored_as)
        raise
    return row


def open_document(row: Document) -> IO[bytes]:
    """The file's bytes, for the person who asks; that they looked is on record.

    Raises NotFound where the file is gone from the folder.
    """
    try:
        opened: IO[bytes] = _storage().open(row.stored_as)
    except FileNotFoundError:
        raise NotFound("not_found", "The document's file is not in its folder.") from None
    _note("document_read", row)
    return opened


def check_file(file: "File[bytes]") -> str:
    """The file's content type; raises Rejected."""
    if not 0 < file.size <= BYTES_LIMIT:
        raise faulty("file", f"At most {BYTES_LIMIT // 1024**2} MB, and not empty.")
    file.seek(0)
    start = file.read(16)
    found = (kind for signature, kind in SIGNATURES.items() if start.startswith(signature))
    content_type = next(found, "")
    if not content_type:
        raise faulty("file", "A PDF, a PNG or a JPEG: this begins like none of them.")
    return content_type


def name_of(row: Document) -> str:
    """What it is called when it is taken away: never as its sender named it."""
    return f"{row.kind}-{row.public_id}.{ENDINGS.get(row.content_type, 'bin')}"


def _digest(file: "File[bytes]") -> str:
    digest = hashlib.sha256()
    file.seek(0)
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


def _storage() -> Storage:
    return storages["documents"]


def _note(what: str, row: Document) -> None:
    detail = {"document": row.public_id, "kind": row.kind, "sha256": row.sha256}
    note(what, row.public_id, acquirer_id=row.acquirer_id, detail=detail)
