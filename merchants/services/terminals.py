"""A new terminal of a store, and corrections of one."""

from typing import Any

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


def change_terminal(terminal: Terminal, changes: dict[str, Any]) -> Terminal:
    """Correct its ``name`` or ``status``; only an active one sells. Raises Rejected."""
    for name, value in changes.items():
        setattr(terminal, name, value)
    save_checked(terminal)
    return terminal
