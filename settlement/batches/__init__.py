"""How batches come about: what is due on a day, and the one statement that freezes it."""
