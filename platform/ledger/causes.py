"""What a transaction was posted for: one table from the kind of cause to its public id."""

from uuid import UUID

from kernel import ids

# The beginnings of public ids; the tables lie above this package.
PREFIXES: dict[str, str] = {
    "payment": "pay",
    "refund": "rfd",
    "adjustment": "adj",
    "settlement_batch": "set",
    "payout": "pyo",
    "scheme_file": "sfl",
    "bank_entry": "ben",
    "reconciliation_break": "rbk",
}
_TYPES = {prefix: cause_type for cause_type, prefix in PREFIXES.items()}
MERCHANT = "mer"


def cause_public_id(cause_type: str, cause_id: UUID) -> str:
    """``pay_…``; the plain UUID for a kind of cause that is not in the table."""
    prefix = PREFIXES.get(cause_type)
    return str(cause_id) if prefix is None else ids.encode(prefix, cause_id)


def find_cause(public_id: str) -> tuple[str, UUID] | None:
    """The kind and the id behind ``pay_…``; None for what causes no posting."""
    prefix = public_id.partition("_")[0]
    if prefix not in _TYPES:
        return None
    try:
        return _TYPES[prefix], ids.decode(prefix, public_id)
    except ids.InvalidId:
        return None
