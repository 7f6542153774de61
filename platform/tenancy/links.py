"""From a public id to its page in the console: the prefix says which table it is of."""

from functools import lru_cache

from django.apps import apps
from django.contrib import admin
from django.db.models import Model
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from kernel import ids
from kernel.ids import InvalidId


@lru_cache(maxsize=1)
def _models() -> dict[str, type[Model]]:
    return {
        model.PREFIX: model
        for model in apps.get_models()
        if hasattr(model, "PREFIX") and admin.site.is_registered(model)
    }


def find_model(public_id: str) -> type[Model] | None:
    """The table that the id is of, if it has a page."""
    return _models().get(public_id.partition("_")[0])


def admin_url(public_id: str) -> str | None:
    """The page's address, or None for what has none. Whether the row is there is not asked."""
    model = find_model(public_id)
    if model is None:
        return None
    try:
        key = ids.decode(public_id.partition("_")[0], public_id)
    except InvalidId:
        return None
    options = model._meta
    return reverse(f"admin:{options.app_label}_{options.model_name}_change", args=[key])


def link(public_id: str, text: str = "") -> SafeString:
    """The id, or ``text``, as a link to its page where it has one."""
    address = admin_url(public_id)
    if address is None:
        return format_html("{}", text or public_id)
    return format_html('<a class="tg-link" href="{}">{}</a>', address, text or public_id)
