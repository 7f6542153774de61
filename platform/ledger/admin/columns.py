"""Columns that the pages of the books share."""

from typing import Any
from uuid import UUID

from django.db.models import Model, OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.safestring import SafeString

from kernel import ids
from ledger.causes import MERCHANT, cause_public_id
from ledger.models import Account, Entry, Transaction
from tenancy.links import find_model, link
from tenancy.listing.paging import BoundedList

_NAME = "merchant_name"


class NamedMerchants(BoundedList):
    """Reads each row's merchant's name with the row: no query more, and no join, which row security
    would make the database sort. What is not shown, an export, reads no names."""

    def get_results(self, request: HttpRequest) -> None:
        rows, names = self.queryset, _names(OuterRef("merchant_id"))
        if names is not None:
            self.queryset = rows.annotate(**{_NAME: Subquery(names)})
        super().get_results(request)
        self.queryset = rows


def merchant_link(row: Account | Entry | Transaction) -> SafeString | None:
    """The merchant by name, as a link; the acquirer's own rows have none."""
    if row.merchant_id is None:
        return None
    known = getattr(row, _NAME, None)
    return link(ids.encode(MERCHANT, row.merchant_id), known or _name_of(row.merchant_id))


def _name_of(merchant_id: UUID) -> str:
    names = _names(merchant_id)
    return "" if names is None else str((names.first() or {}).get("display_name", ""))


def _names(merchant_id: Any) -> QuerySet[Model, dict[str, Any]] | None:
    """The merchants' table lies above this package; its rows are named by it if it is there."""
    model = find_model(MERCHANT)
    if model is None:
        return None
    rows: QuerySet[Model, Model] = model._default_manager.filter(pk=merchant_id)
    return rows.values("display_name")


def cause_link(transaction: Transaction) -> SafeString:
    """What the transaction was posted for, as a link to its page."""
    return link(cause_public_id(transaction.cause_type, transaction.cause_id))
