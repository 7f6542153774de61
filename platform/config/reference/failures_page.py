"""The page of failure codes: what ``failure.code`` of a payment or refund can be."""

from config.reference.table import table
from connectors.failures import FAILURES

HEAD = """# Failure codes

Generated from `platform/connectors/failures.py` by `make docs`; a test compares them. A payment
or refund that did not work carries `failure: {code, message, cashier_message, scheme_code}`.
`code` is stable: decide by it. `message` is for you, `cashier_message` is for the person at the
till, in the language of `Accept-Language` (en, zh-Hans, zh-Hant). `scheme_code` is [Alipay's own
word](alipay-codes.md). A request that was refused before it became a payment has a [problem
code](problems.md) instead.
"""


def render() -> str:
    """The whole page."""
    rows = [
        (f"`{code}`", failure.message, failure.cashier["en"]) for code, failure in FAILURES.items()
    ]
    return HEAD + "\n" + table(("code", "message", "cashier_message (en)"), rows)
