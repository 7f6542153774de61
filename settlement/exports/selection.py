"""Which rows an export holds: those that the list shows to the person with these filters."""

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import SuspiciousOperation
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict

from settlement.exports.tables import Table
from tenancy.masking import masking
from tenancy.models import Staff
from tenancy.roles import masked_columns
from tenancy.saving import faulty


def select_rows(staff: Staff, table: Table, filters: str) -> QuerySet[Any]:
    """The rows in no order, of the scope in force; ``filters`` is the query string of the list.

    Raises Rejected for filters that the list itself would refuse.
    """
    page = admin.site._registry[apps.get_model(table.model)]
    request = HttpRequest()
    request.method, request.path, request.user = "GET", "/", staff
    try:
        request.GET = QueryDict(filters)
        with masking(masked_columns(staff.role)):
            listing = page.get_changelist_instance(request)
    except (IncorrectLookupParameters, SuspiciousOperation):
        raise faulty("filters", "The list refuses these filters.") from None
    rows: QuerySet[Any] = listing.queryset.order_by().prefetch_related(None)
    return rows
