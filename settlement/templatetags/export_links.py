"""Where the button above a list leads."""

from typing import Any

from django import template
from django.urls import reverse

from settlement.exports.tables import TABLES

register = template.Library()


@register.simple_tag
def export_address(listing: Any) -> str:
    """The page that asks for an export of the list; "" for a list that has none."""
    label = listing.opts.label_lower
    found = (name for name, table in TABLES.items() if table.model == label)
    name = next(found, None)
    return "" if name is None else f"{reverse('admin:settlement_export_ask')}?list={name}"
