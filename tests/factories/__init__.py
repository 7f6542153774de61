"""Factories: the smallest valid object of each table, made in the scope of the whole platform."""
