"""Columns that the pages of the books share."""

from uuid import UUID

from django.utils.safestring import SafeString

from kernel import ids
from ledger.causes import MERCHANT, cause_public_id
from ledger.models import Transaction
from tenancy.links import link


def merchant_link(merchant_id: UUID | None) -> SafeString | None:
    """The merchant's id as a link; the acquirer's own rows have none."""
    return None if merchant_id is None else link(ids.encode(MERCHANT, merchant_id))


def cause_link(transaction: Transaction) -> SafeString:
    """What the transaction was posted for, as a link to its page."""
    return link(cause_public_id(transaction.cause_type, transaction.cause_id))
