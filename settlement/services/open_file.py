"""Opening a settlement file for whoever asks; that they took it is on the audit trail."""

from typing import IO

from django.core.files.storage import storages

from kernel.errors import NotFound
from settlement.models import File
from tenancy.audit import note


def open_file(row: File, *, by: str) -> IO[bytes]:
    """The file's bytes; ``by`` names the caller (``key_01j…``, ``staff:…``).

    Raises NotFound where the bytes are gone from the storage.
    """
    try:
        opened: IO[bytes] = storages["settlements"].open(row.stored_as)
    except FileNotFoundError:
        raise NotFound("not_found", "The file is not in its storage.") from None
    detail = {"file": row.name, "batch": str(row.batch_id), "sha256": row.sha256, "by": by}
    note("settlement_file_read", row.public_id, acquirer_id=row.acquirer_id, detail=detail)
    return opened
