"""How dates and times look, where the reader's language does not say better."""
