"""What stands beside a row of an export: the rows of other tables that it names."""

# ruff: noqa: S608 - the statements are made of this file's own words
from settlement import sql


def _look_up(name: str, table: str, *columns: str, key: str = "") -> str:
    """The row of another table that ``row`` names: looked up, and remembered by the plan for the
    rows that name it too. Joined, all of that table would be read for each piece of the list, which
    OFFSET 0 forbids the planner."""
    return f"""LEFT JOIN LATERAL (SELECT id, {", ".join(columns)} FROM {table}
        WHERE id = {key or f"row.{name}_id"} OFFSET 0) AS {name} ON true
"""


def _shown(column: str) -> str:
    return f"{sql.text(column)} AS shown_name"


def _public(prefix: str) -> str:
    return f"{sql.public_id(prefix, 'uuid_send(id)')} AS public_id"


MERCHANT = _look_up(
    "merchant", "merchants_merchant", "display_name", _shown("display_name"), _public("mer")
)
STORE = _look_up("store", "merchants_store", "name", _shown("name"), _public("str"))
BATCH = _look_up("batch", "settlement_batch", "number", "business_date", "livemode", _public("set"))
FEE_PLAN = (
    _look_up("version", "settlement_feeversion", "number", "plan_id", key="row.fee_version_id")
    + _look_up("plan", "settlement_feeplan", "name", key="version.plan_id")
)  # fmt: skip
ACCOUNT = _look_up("account", "ledger_account", "kind", "livemode")
POSTED = _look_up(
    "posted", "ledger_transaction", "kind", "cause_type", "cause_id", key="row.transaction_id"
)
