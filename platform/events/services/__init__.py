"""Telling merchants: one file per verb."""
