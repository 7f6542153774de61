"""Merchants, their stores, terminals and API keys, and the acquirer's partner accounts."""
