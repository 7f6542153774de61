"""What a reading is about: an account, one of its addresses, or a place of sale."""

from dataclasses import dataclass, replace
from uuid import UUID

from portal.state import Level


@dataclass(frozen=True, slots=True)
class Subject:
    """What is wider than its level stands in it too, what is narrower is None."""

    acquirer_id: UUID
    livemode: bool
    partner_account_id: UUID | None = None
    merchant_id: UUID | None = None
    store_id: UUID | None = None
    terminal_id: UUID | None = None
    address: str = ""
    key_id: UUID | None = None

    def at(self, level: Level) -> "Subject | None":
        """The same place seen from ``level``; None for what names no terminal."""
        if level is Level.ACCOUNT:
            return Subject(self.acquirer_id, self.livemode, self.partner_account_id)
        if level is Level.MERCHANT:
            return replace(self, partner_account_id=None, store_id=None, terminal_id=None)
        if level is Level.STORE:
            return replace(self, partner_account_id=None, terminal_id=None)
        return replace(self, partner_account_id=None) if self.terminal_id else None

    def lies_below(self, other: "Subject") -> bool:
        """Whether ``other`` is the same place or a wider one. A place of sale lies below each
        account of its acquirer and mode."""
        if (self.acquirer_id, self.livemode) != (other.acquirer_id, other.livemode):
            return False
        if other.address or other.key_id:
            return self == other
        wide = (other.merchant_id, other.store_id, other.terminal_id)
        mine = (self.merchant_id, self.store_id, self.terminal_id)
        return all(theirs in (None, own) for theirs, own in zip(wide, mine, strict=True))
