"""Pages for customers, who have no account: joining by a link, and the card."""
