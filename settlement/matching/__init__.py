"""Comparing two books by sets: each module gives a statement whose ``found`` are the breaks."""
