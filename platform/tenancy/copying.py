"""A text with a button that copies it: ids and keys are told to others, and nobody types them."""

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

# Fields whose text people hand on; a secret is never among them.
COPIED = frozenset(
    {
        "public_id",
        "lookup",
        "our_public_key",
        "next_public_key",
        "notify_address",
        "merchant_reference",
        "partner_trans_id",
        "partner_refund_id",
        "scheme_transaction_id",
        "scheme_merchant_id",
        "scheme_store_id",
        "scheme_terminal_id",
    }
)


def with_copy(text: object, *, of: str) -> SafeString:
    """``text`` and its button (console/copy.js), which says that it copies ``of``."""
    return format_html(
        '<span class="tg-copied"><span>{}</span><button type="button" class="tg-copy" '
        'data-copies-before aria-label="{}" data-done="{}" hidden>{}</button>'
        '<span class="tg-unseen" role="status"></span></span>',
        text,
        _("Copy: %s") % of,
        _("Copied"),
        _("Copy"),
    )
