"""Pure Python that every other package may use: no Django, no I/O."""
