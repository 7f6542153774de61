"""Alipay's daily files: what a partner's day was, written as the scheme does (reference §6)."""
