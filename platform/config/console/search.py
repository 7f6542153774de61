"""The console's search over everything: one table of what is looked for, each by an index.

A public id finds its row at once. Anything else is looked for in each table of SEARCHED that the
person may see, as the search box of that table's own page would, a few rows of each.
"""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from unfold.dataclasses import SearchResult

from kernel.ids import InvalidId
from tenancy.owned_admin import OwnedAdmin
from tenancy.scoped import TenantModel

# In the order of the answers. Small tables are searched for parts of names, big ones exactly.
SEARCHED: tuple[str, ...] = (
    "payments.payment",
    "payments.refund",
    "payments.notification",
    "ledger.transaction",
    "merchants.merchant",
    "merchants.store",
    "merchants.terminal",
    "merchants.apikey",
    "merchants.registration",
    "events.event",
    "proposals.proposal",
    "tenancy.staff",
)
SHOWN = 5  # rows of one table
TERM_LIMIT = 128  # characters


def search(request: HttpRequest, lowered: str) -> list[SearchResult]:
    """What the person may see of what was typed. ``lowered`` is not used: references have case."""
    term = request.GET.get("s", "").strip()[:TERM_LIMIT]
    if not term:
        return []
    pages = [each for each in admin.site._registry.values() if isinstance(each, OwnedAdmin)]
    seen = [each for each in pages if each.has_view_permission(request)]
    if (owner := _owner_of(term, seen)) is not None:
        return list(_found(request, owner, term))
    by_label = {each.opts.label_lower: each for each in seen}
    listed = [by_label[label] for label in SEARCHED if label in by_label]
    return [result for each in listed for result in _found(request, each, term)]


def _owner_of(term: str, pages: list[OwnedAdmin]) -> OwnedAdmin | None:
    """The page of the table whose public ids look like this."""
    for page in pages:
        if issubclass(page.model, TenantModel):
            try:
                page.model.public_id_to_uuid(term)
            except InvalidId:
                continue
            return page
    return None


def _found(request: HttpRequest, page: OwnedAdmin, term: str) -> Iterator[SearchResult]:
    rows, _ = page.get_search_results(request, page.get_queryset(request), term)
    options = page.opts
    for row in rows[:SHOWN]:
        name = f"admin:{options.app_label}_{options.model_name}_change"
        yield SearchResult(
            title=str(row),
            description=", ".join(_about(row)),
            link=reverse(name, args=[row.pk]),
            icon="search",
        )


def _about(row: Any) -> Iterator[str]:
    """What it is, and the two facts that tell one row from another."""
    yield str(row._meta.verbose_name).capitalize()
    for fact in (getattr(row, "amount", ""), getattr(row, "status", "")):
        if text := str(fact or "").replace("_", " "):
            yield text
