"""The one table of Alipay's words: each result, state and error code means exactly one Result.

Read it as lines of a ledger: column (which call said it), kind (in which field), code, meaning.
What is not in the table is in doubt. Sections of the barcode reference are named beside the rows.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from connectors.base import Result


class Column(StrEnum):
    """Whose words they are. A refusal (``is_success=F``) means more to a pay than to the rest."""

    PAY = "pay"
    PRECREATE = "precreate"
    QUERY = "query"
    CANCEL = "cancel"
    REFUND = "refund"
    REFUND_QUERY = "refund query"
    REGISTER = "registration of a store"
    REGISTRATION = "status of a registration"
    REFUSED_FIRST = "gateway refusal of a pay or precreate"
    REFUSED_REGISTRATION = "gateway refusal of either"
    REFUSED = "gateway refusal of another call"


class Kind(StrEnum):
    """The field that a word stands in."""

    RESULT = "result"  # result_code, response_code
    STATE = "state"  # alipay_trans_status, refund_result_code
    REASON = "reason"  # error, detail_error_code, refund_error_code


class CodeClass(StrEnum):
    """What a reason asks of us (§2.6)."""

    DECLINE = "DECLINE"  # final for this id; the till is told
    RECHECK = "RECHECK"  # query: a paid trade may exist
    DOUBT = "DOUBT"  # query, then cancel; or repeat
    BUG = "BUG"  # ours or the contract's: staff are alarmed


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one word of Alipay's says to us."""

    result: Result
    code_class: CodeClass | None = None
    failure_code: str | None = None
    is_configuration_fault: bool = False
    is_trade_missing: bool = False


DOUBT = Meaning(Result.UNKNOWN, CodeClass.DOUBT)
RECHECK = Meaning(Result.UNKNOWN, CodeClass.RECHECK)
RECHECK_BUG = Meaning(Result.UNKNOWN, CodeClass.RECHECK, is_configuration_fault=True)
ALARM = Meaning(Result.UNKNOWN, CodeClass.DOUBT, is_configuration_fault=True)
BUG_IN_DOUBT = Meaning(Result.UNKNOWN, CodeClass.BUG, is_configuration_fault=True)
BUG = Meaning(Result.FAILED, CodeClass.BUG, "scheme_configuration", is_configuration_fault=True)
MISSING = Meaning(Result.UNKNOWN, CodeClass.RECHECK, is_trade_missing=True)

SUCCEEDED = Meaning(Result.SUCCEEDED)
PENDING = Meaning(Result.PENDING)
UNSAID = Meaning(Result.UNKNOWN)  # the reason or the state beside it decides
RECORDED = "SUCCESS (is_sync=N)"  # the refund call's SUCCESS, when it only promises


def _decline(failure_code: str) -> Meaning:
    return Meaning(Result.FAILED, CodeClass.DECLINE, failure_code)


Key = tuple[Column, Kind, str]
Row = tuple[Key, Meaning]


def _rows(column: Column, kind: Kind, words: dict[str, Meaning]) -> Iterator[Row]:
    """Rows of one column and kind; a key may name several codes with the same meaning."""
    for codes, meaning in words.items():
        for code in codes.split(" | "):
            yield (column, kind, code), meaning


# §1.5. A code that ends in * stands for every code that begins so.
_GATEWAY_BUGS = (
    "ILLEGAL_SIGN | ILLEGAL_SIGN_TYPE | ILLEGAL_DYN_MD5_KEY | ILLEGAL_ENCRYPT | "
    "ILLEGAL_SECURITY_PROFILE | ILLEGAL_DIGEST* | ILLEGAL_ARGUMENT | ILLEGAL_SERVICE | "
    "ILLEGAL_TARGET_SERVICE | ILLEGAL_EXTERFACE | ILLEGAL_PARTNER | ILLEGAL_PARTNER_EXTERFACE | "
    "HAS_NO_PRIVILEGE | ILLEGAL_USER | ILLEGAL_AGENT | ILLEGAL_CHARSET | INVALID_CHARACTER_SET | "
    "ILLEGAL_ENCODING | ILLEGAL_ACCESS_SWITCH_SYSTEM | EXTERFACE_IS_CLOSED | ILLEGAL_CLIENT_IP | "
    "ILLEGAL_REQUEST_REFERER"
)
_GATEWAY_DOUBTS = "SESSION_TIMEOUT | SYSTEM_ERROR"

# §2.3
_PAY_RESULTS = {"SUCCESS": SUCCEEDED, "FAILED": UNSAID, "UNKNOW": DOUBT}
# §2.6, with the gateway's own codes, which a pay may carry inside its answer too.
_PAY_REASONS = {
    "SYSTEM_ERROR | SESSION_TIMEOUT": DOUBT,
    "INVALID_PARAMETER | ACCESS_FORBIDDEN | AGREEMENT_NOT_EXIST | EXIST_FORBIDDEN_WORD": BUG,
    "PARTNER_ERROR | SELLER_NOT_EXIST | UN_SUPPORT_BIZ_TYPE | INVALID_RECEIVE_ACCOUNT": BUG,
    "TRADE_SETTLE_ERROR | ERROR_SELLER_CERTIFY_LEVEL_LIMIT | ALIN10070": BUG,
    _GATEWAY_BUGS: BUG,
    "TRADE_BUYER_NOT_MATCH | TRADE_HAS_SUCCESS | TRADE_STATUS_ERROR | REASON_ILLEGAL_STATUS": (
        RECHECK
    ),
    "ALIN10023": RECHECK,
    "CONTEXT_INCONSISTENT | ALIN42282": RECHECK_BUG,
    "TRADE_HAS_CLOSE": _decline("payment_closed"),
    "BUYER_NOT_EXIST": _decline("payment_code_invalid"),
    "SOUNDWAVE_PARSER_FAIL | PULL_MOBILE_CASHIER_FAIL": _decline("payment_code_expired"),
    "BUYER_BALANCE_NOT_ENOUGH | BUYER_BANKCARD_BALANCE_NOT_ENOUGH": (
        _decline("insufficient_balance")
    ),
    "BUYER_SELLER_EQUAL | CLIENT_VERSION_NOT_MATCH | BUYER_ENABLE_STATUS_FORBID": (
        _decline("payer_not_allowed")
    ),
    "BUYER_NOT_MAINLAND_CERT | ERROR_BUYER_CERTIFY_LEVEL_LIMIT | MOBILE_PAYMENT_SWITCH_OFF": (
        _decline("payer_not_allowed")
    ),
    "BUYER_PAYMENT_AMOUNT_DAY_LIMIT_ERROR | BUYER_PAYMENT_AMOUNT_MONTH_LIMIT_ERROR": (
        _decline("payer_limit_exceeded")
    ),
    "BEYOND_PAY_RESTRICTION | REQUEST_AMOUNT_EXCEED": _decline("payer_limit_exceeded"),
    "REASON_TRADE_BEEN_FREEZEN": _decline("payment_declined"),
    "ALIN43911": _decline("risk_declined"),
    "PAYMENT_FAIL | ALIN10129 | ALIN38173 | ALIN43877": DOUBT,
    # The domestic twin's codes: plain words, but nobody has seen this product say them.
    "TOTAL_FEE_EXCEED | PAYMENT_AUTH_CODE_INVALID | ERROR_BALANCE_PAYMENT_DISABLE": DOUBT,
    "BEYOND_PER_RECEIPT_RESTRICTION | SELLER_BEEN_BLOCKED | PAYMENT_REQUEST_HAS_RISK": DOUBT,
    "NO_PAYMENT_INSTRUMENTS_AVAILABLE | USER_FACE_PAYMENT_SWITCH_OFF": DOUBT,
    "INVALID_STORE_ID | SUB_MERCHANT_CREATE_FAIL": DOUBT,
}

# §4. Reasons that pay shares; precreate's own list is not public. A trade under our id is odd: a
# precreate is sent once.
_PRECREATE_RESULTS = {"SUCCESS": SUCCEEDED, "FAIL | FAILED": UNSAID, "UNKNOWN": DOUBT}
_PRECREATE_REASONS = {
    "SYSTEM_ERROR | SESSION_TIMEOUT": DOUBT,
    "INVALID_PARAMETER | ACCESS_FORBIDDEN | AGREEMENT_NOT_EXIST | EXIST_FORBIDDEN_WORD": BUG,
    "PARTNER_ERROR | SELLER_NOT_EXIST | INVALID_RECEIVE_ACCOUNT": BUG,
    _GATEWAY_BUGS: BUG,
    "TRADE_HAS_SUCCESS | TRADE_HAS_CLOSE | TRADE_STATUS_ERROR": RECHECK,
    "CONTEXT_INCONSISTENT": RECHECK_BUG,
    "BEYOND_PAY_RESTRICTION | REQUEST_AMOUNT_EXCEED": _decline("payer_limit_exceeded"),
}

# §3.1, 3.2
_QUERY_RESULTS = {"SUCCESS": UNSAID, "FAIL | FAILED": UNSAID}
_QUERY_STATES = {
    "WAIT_BUYER_PAY": PENDING,
    "TRADE_SUCCESS | TRADE_FINISHED": SUCCEEDED,
    "TRADE_CLOSED": Meaning(Result.FAILED, CodeClass.DECLINE, "payment_closed"),
}
_QUERY_REASONS = {"TRADE_NOT_EXIST | TRANS_NOT_FOUND": MISSING, "SYSTEM_ERROR": DOUBT}

# §3.3. FAILED only where the code says that no later cancel can succeed either.
_CANCEL_RESULTS = {"SUCCESS": SUCCEEDED, "FAIL": UNSAID, "UNKNOWN": DOUBT}
_CANCEL_REASONS = {
    "SYSTEM_ERROR": DOUBT,
    "TRADE_CANCEL_TIME_OUT": _decline("cancel_window_closed"),
    "REASON_TRADE_REFUND_FEE_ERR | CANCEL_NOT_ALLOWED | TRADE_HAS_FINISHED": (
        _decline("cancel_refused")
    ),
    "REASON_TRADE_BEEN_FREEZEN | SELLER_BALANCE_NOT_ENOUGH": ALARM,
    "INVALID_PARAMETER | TRADE_ROLE_ERROR | DISCORDANT_REPEAT_REQUEST": BUG_IN_DOUBT,
    "REFUND_AMT_NOT_EQUAL_TOTAL": BUG_IN_DOUBT,
}

# §3.4
_REFUND_RESULTS = {"SUCCESS": SUCCEEDED, RECORDED: PENDING, "FAILED": UNSAID, "UNKNOW": DOUBT}
_REFUND_REASONS = {
    "SYSTEM_ERROR": DOUBT,
    "PURCHASE_TRADE_NOT_EXIST | TRADE_NOT_EXIST": Meaning(
        Result.UNKNOWN, CodeClass.RECHECK, is_configuration_fault=True, is_trade_missing=True
    ),
    "RETURN_AMOUNT_EXCEED | REFUND_AMT_RESTRICTION": _decline("refund_amount_exceeded"),
    "REPEATED_REFUNDMENT_REQUEST | TRADE_HAS_CLOSE | TRADE_STATUS_ERROR": RECHECK,
    "CURRENCY_NOT_SAME": BUG,
    "REFUNDMENT_VALID_DATE_EXCEED": _decline("refund_window_closed"),
    "MERCHANT_BALANCE_NOT_ENOUGH | SELLER_BALANCE_NOT_ENOUGH": ALARM,
}

# §3.5
_REFUND_QUERY_RESULTS = {
    "SUCCESS": UNSAID,
    "ACCESS_FORBIDDEN": BUG_IN_DOUBT,
    "NOT_FOUND | TRADE_NOT_EXIST": MISSING,
    "QUERY_FAILED": DOUBT,
}
_REFUND_QUERY_STATES = {
    "SUCCESS": SUCCEEDED,
    "FAILED | CANCELED": _decline("refund_declined"),
    "PROCESSING": PENDING,
}
# A reason never ends a refund here (the state does); it can only call for staff.
_REFUND_QUERY_REASONS = {"MERCHANT_BALANCE_NOT_ENOUGH | SELLER_BALANCE_NOT_ENOUGH": ALARM}


# §5.1: received is not yet registered. §5.2: the status stands where a result stands elsewhere.
_REGISTER_RESULTS = {"SUCCESS": PENDING, "FAIL | FAILED": UNSAID}
_REGISTRATION_STATES = {
    "SUCCESS": SUCCEEDED,
    "UNDER_REVIEW | MODIFICATION_REVIEW": PENDING,
    "FAILED": Meaning(Result.FAILED, CodeClass.DECLINE),
}
_REGISTRATION_REASONS = {
    "PARAM_ILLEGAL": Meaning(Result.FAILED, CodeClass.DECLINE),
    "SYSTEM_ERROR | SESSION_TIMEOUT": DOUBT,
    "DATA*": MISSING,  # cut off in the pages; all that is known is that there is no such record
}


def _table(*parts: Iterable[Row]) -> dict[Key, Meaning]:
    table: dict[Key, Meaning] = {}
    for key, meaning in (row for part in parts for row in part):
        if key in table:
            raise ValueError(f"{key} stands twice in the table")
        table[key] = meaning
    return table


MEANINGS = _table(
    _rows(Column.PAY, Kind.RESULT, _PAY_RESULTS),
    _rows(Column.PAY, Kind.REASON, _PAY_REASONS),
    _rows(Column.PRECREATE, Kind.RESULT, _PRECREATE_RESULTS),
    _rows(Column.PRECREATE, Kind.REASON, _PRECREATE_REASONS),
    _rows(Column.QUERY, Kind.RESULT, _QUERY_RESULTS),
    _rows(Column.QUERY, Kind.STATE, _QUERY_STATES),
    _rows(Column.QUERY, Kind.REASON, _QUERY_REASONS),
    _rows(Column.CANCEL, Kind.RESULT, _CANCEL_RESULTS),
    _rows(Column.CANCEL, Kind.REASON, _CANCEL_REASONS),
    _rows(Column.REFUND, Kind.RESULT, _REFUND_RESULTS),
    _rows(Column.REFUND, Kind.REASON, _REFUND_REASONS),
    _rows(Column.REFUND_QUERY, Kind.RESULT, _REFUND_QUERY_RESULTS),
    _rows(Column.REFUND_QUERY, Kind.STATE, _REFUND_QUERY_STATES),
    _rows(Column.REFUND_QUERY, Kind.REASON, _REFUND_QUERY_REASONS),
    _rows(Column.REGISTER, Kind.RESULT, _REGISTER_RESULTS),
    _rows(Column.REGISTER, Kind.REASON, _REGISTRATION_REASONS),
    _rows(Column.REGISTRATION, Kind.RESULT, _REGISTRATION_STATES),
    _rows(Column.REGISTRATION, Kind.REASON, _REGISTRATION_REASONS),
    _rows(
        Column.REFUSED_REGISTRATION,
        Kind.REASON,
        _REGISTRATION_REASONS | {_GATEWAY_BUGS: BUG_IN_DOUBT},
    ),
    # A refusal of a call that is sent once says that nothing was created (§1.5); of a repeatable
    # call, only that this try was not taken.
    _rows(Column.REFUSED_FIRST, Kind.REASON, {_GATEWAY_BUGS: BUG, _GATEWAY_DOUBTS: DOUBT}),
    _rows(Column.REFUSED, Kind.REASON, {_GATEWAY_BUGS: BUG_IN_DOUBT, _GATEWAY_DOUBTS: DOUBT}),
)
_FAMILIES = [key for key in MEANINGS if key[2].endswith("*")]


def meaning_of(column: Column, kind: Kind, code: str | None) -> Meaning:
    """What ``code`` means there; a code that is missing or in no row is in doubt."""
    exact = MEANINGS.get((column, kind, code or ""))
    return exact or _family(column, kind, code or "") or DOUBT


def _family(column: Column, kind: Kind, code: str) -> Meaning | None:
    for family in _FAMILIES:
        if family[:2] == (column, kind) and code.startswith(family[2][:-1]):
            return MEANINGS[family]
    return None
