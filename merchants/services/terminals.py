"""A new terminal of a store."""

from merchants.models import Store, Terminal
from tenancy.saving import save_checked


def create_terminal(*, store: Store, name: str, scheme_terminal_id: str) -> Terminal:
    """A till or POS device, of the store's own merchant.

    Raises Rejected, or Conflict if the store has that ``scheme_terminal_id`` already.
    """
    terminal = Terminal(
        acquirer_id=store.acquirer_id,
        merchant_id=store.merchant_id,
        store=store,
        name=name,
        scheme_terminal_id=scheme_terminal_id,
    )
    save_checked(terminal)
    return terminal
