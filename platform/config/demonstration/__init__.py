"""Brings the whole system up on this machine and has the story, or the acceptance cases, played."""
