"""Insights in the console: the data portal's pages."""
