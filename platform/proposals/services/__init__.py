"""Writes: propose, decide, withdraw, let expire."""
