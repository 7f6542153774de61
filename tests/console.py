"""What a browser sends with a page of the console and a test would forget."""

_ON_A_MERCHANT = ("contacts", "bank_accounts", "documents")


def no_rows() -> dict[str, str]:
    """The counts of the tables below a merchant's fields, all empty."""
    counts = {"TOTAL_FORMS": "0", "INITIAL_FORMS": "0"}
    return {f"{name}-{key}": value for name in _ON_A_MERCHANT for key, value in counts.items()}
