"""The table of codes against the reference, row by row, and through a whole answer each."""

import pytest

from connectors.alipay import verdict
from connectors.alipay.codes import MEANINGS, CodeClass, Column, Kind, Meaning, meaning_of
from connectors.alipay.signing import Md5Signature
from connectors.alipay.transport import Reply
from connectors.alipay.verdict import Call, Expected, judge
from connectors.base import Evidence, Outcome, Result
from connectors.failures import FAILURES
from tests.connectors.alipay.stand_in import MD5_KEY, accepted, refused

# Written down from the reference a second time, by result; not derived from the table.
GATEWAY_FAULTS = """
ILLEGAL_SIGN ILLEGAL_SIGN_TYPE ILLEGAL_DYN_MD5_KEY ILLEGAL_ENCRYPT ILLEGAL_SECURITY_PROFILE
ILLEGAL_DIGEST* ILLEGAL_ARGUMENT ILLEGAL_SERVICE ILLEGAL_TARGET_SERVICE ILLEGAL_EXTERFACE
ILLEGAL_PARTNER ILLEGAL_PARTNER_EXTERFACE HAS_NO_PRIVILEGE ILLEGAL_USER ILLEGAL_AGENT
ILLEGAL_CHARSET INVALID_CHARACTER_SET ILLEGAL_ENCODING ILLEGAL_ACCESS_SWITCH_SYSTEM
EXTERFACE_IS_CLOSED ILLEGAL_CLIENT_IP ILLEGAL_REQUEST_REFERER
"""
PAY_FAILED = (
    GATEWAY_FAULTS
    + """
INVALID_PARAMETER ACCESS_FORBIDDEN AGREEMENT_NOT_EXIST EXIST_FORBIDDEN_WORD PARTNER_ERROR
SELLER_NOT_EXIST UN_SUPPORT_BIZ_TYPE INVALID_RECEIVE_ACCOUNT TRADE_SETTLE_ERROR
ERROR_SELLER_CERTIFY_LEVEL_LIMIT ALIN10070 TRADE_HAS_CLOSE BUYER_SELLER_EQUAL BUYER_NOT_EXIST
SOUNDWAVE_PARSER_FAIL CLIENT_VERSION_NOT_MATCH PULL_MOBILE_CASHIER_FAIL BUYER_BALANCE_NOT_ENOUGH
BUYER_BANKCARD_BALANCE_NOT_ENOUGH BUYER_ENABLE_STATUS_FORBID BUYER_NOT_MAINLAND_CERT
ERROR_BUYER_CERTIFY_LEVEL_LIMIT BUYER_PAYMENT_AMOUNT_DAY_LIMIT_ERROR
BUYER_PAYMENT_AMOUNT_MONTH_LIMIT_ERROR BEYOND_PAY_RESTRICTION REQUEST_AMOUNT_EXCEED
MOBILE_PAYMENT_SWITCH_OFF REASON_TRADE_BEEN_FREEZEN ALIN43911
"""
)
PAY_UNKNOWN = """
SYSTEM_ERROR SESSION_TIMEOUT TRADE_BUYER_NOT_MATCH TRADE_HAS_SUCCESS TRADE_STATUS_ERROR
REASON_ILLEGAL_STATUS CONTEXT_INCONSISTENT ALIN42282 PAYMENT_FAIL ALIN10023 ALIN10129 ALIN38173
ALIN43877 TOTAL_FEE_EXCEED PAYMENT_AUTH_CODE_INVALID ERROR_BALANCE_PAYMENT_DISABLE
BEYOND_PER_RECEIPT_RESTRICTION SELLER_BEEN_BLOCKED PAYMENT_REQUEST_HAS_RISK
NO_PAYMENT_INSTRUMENTS_AVAILABLE USER_FACE_PAYMENT_SWITCH_OFF INVALID_STORE_ID
SUB_MERCHANT_CREATE_FAIL
"""
S, F, P, U = Result.SUCCEEDED, Result.FAILED, Result.PENDING, Result.UNKNOWN
EXPECTED: dict[tuple[Column, Kind], dict[Result, str]] = {
    (Column.PAY, Kind.RESULT): {S: "SUCCESS", U: "FAILED UNKNOW"},
    (Column.PAY, Kind.REASON): {F: PAY_FAILED, U: PAY_UNKNOWN},
    (Column.PRECREATE, Kind.RESULT): {S: "SUCCESS", U: "FAIL FAILED UNKNOWN"},
    (Column.PRECREATE, Kind.REASON): {
        F: GATEWAY_FAULTS + "INVALID_PARAMETER ACCESS_FORBIDDEN AGREEMENT_NOT_EXIST "
        "EXIST_FORBIDDEN_WORD PARTNER_ERROR SELLER_NOT_EXIST INVALID_RECEIVE_ACCOUNT "
        "BEYOND_PAY_RESTRICTION REQUEST_AMOUNT_EXCEED",
        U: "SYSTEM_ERROR SESSION_TIMEOUT TRADE_HAS_SUCCESS TRADE_HAS_CLOSE TRADE_STATUS_ERROR "
        "CONTEXT_INCONSISTENT",
    },
    (Column.QUERY, Kind.RESULT): {U: "SUCCESS FAIL FAILED"},
    (Column.QUERY, Kind.STATE): {
        S: "TRADE_SUCCESS TRADE_FINISHED",
        P: "WAIT_BUYER_PAY",
        F: "TRADE_CLOSED",
    },
    (Column.QUERY, Kind.REASON): {U: "TRADE_NOT_EXIST TRANS_NOT_FOUND SYSTEM_ERROR"},
    (Column.CANCEL, Kind.RESULT): {S: "SUCCESS", U: "FAIL UNKNOWN"},
    (Column.CANCEL, Kind.REASON): {
        F: "TRADE_CANCEL_TIME_OUT REASON_TRADE_REFUND_FEE_ERR CANCEL_NOT_ALLOWED "
        "TRADE_HAS_FINISHED",
        U: "SYSTEM_ERROR REASON_TRADE_BEEN_FREEZEN SELLER_BALANCE_NOT_ENOUGH INVALID_PARAMETER "
        "TRADE_ROLE_ERROR DISCORDANT_REPEAT_REQUEST REFUND_AMT_NOT_EQUAL_TOTAL",
    },
    (Column.REFUND, Kind.RESULT): {S: "SUCCESS", P: "SUCCESS_(is_sync=N)", U: "FAILED UNKNOW"},
    (Column.REFUND, Kind.REASON): {
        F: "RETURN_AMOUNT_EXCEED REFUND_AMT_RESTRICTION CURRENCY_NOT_SAME "
        "REFUNDMENT_VALID_DATE_EXCEED",
        U: "SYSTEM_ERROR PURCHASE_TRADE_NOT_EXIST TRADE_NOT_EXIST REPEATED_REFUNDMENT_REQUEST "
        "TRADE_HAS_CLOSE TRADE_STATUS_ERROR MERCHANT_BALANCE_NOT_ENOUGH "
        "SELLER_BALANCE_NOT_ENOUGH",
    },
    (Column.REFUND_QUERY, Kind.RESULT): {
        U: "SUCCESS ACCESS_FORBIDDEN NOT_FOUND QUERY_FAILED TRADE_NOT_EXIST"
    },
    (Column.REFUND_QUERY, Kind.STATE): {S: "SUCCESS", F: "FAILED CANCELED", P: "PROCESSING"},
    (Column.REFUND_QUERY, Kind.REASON): {
        U: "MERCHANT_BALANCE_NOT_ENOUGH SELLER_BALANCE_NOT_ENOUGH"
    },
    (Column.REGISTER, Kind.RESULT): {P: "SUCCESS", U: "FAIL FAILED"},
    (Column.REGISTER, Kind.REASON): {F: "PARAM_ILLEGAL", U: "SYSTEM_ERROR SESSION_TIMEOUT DATA*"},
    (Column.REGISTRATION, Kind.RESULT): {
        S: "SUCCESS",
        P: "UNDER_REVIEW MODIFICATION_REVIEW",
        F: "FAILED",
    },
    (Column.REGISTRATION, Kind.REASON): {
        F: "PARAM_ILLEGAL",
        U: "SYSTEM_ERROR SESSION_TIMEOUT DATA*",
    },
    (Column.REFUSED_REGISTRATION, Kind.REASON): {
        F: "PARAM_ILLEGAL",
        U: GATEWAY_FAULTS + "SYSTEM_ERROR SESSION_TIMEOUT DATA*",
    },
    (Column.REFUSED_FIRST, Kind.REASON): {F: GATEWAY_FAULTS, U: "SYSTEM_ERROR SESSION_TIMEOUT"},
    (Column.REFUSED, Kind.REASON): {U: GATEWAY_FAULTS + "SYSTEM_ERROR SESSION_TIMEOUT"},
}


def test_the_table_is_the_references_and_nothing_else() -> None:
    expected = {
        (column, kind, code.replace("_(", " (")): result
        for (column, kind), by_result in EXPECTED.items()
        for result, codes in by_result.items()
        for code in codes.split()
    }

    assert {key: meaning.result for key, meaning in MEANINGS.items()} == expected


OF_STORES = {Column.REGISTER, Column.REGISTRATION, Column.REFUSED_REGISTRATION}
OF_PAYMENTS = [meaning for (column, *_), meaning in MEANINGS.items() if column not in OF_STORES]


@pytest.mark.parametrize("meaning", dict.fromkeys(OF_PAYMENTS), ids=str)
def test_a_failure_has_a_stable_code_and_nothing_else_has_one(meaning: Meaning) -> None:
    assert (meaning.failure_code is not None) is (meaning.result is Result.FAILED)
    assert meaning.failure_code is None or meaning.failure_code in FAILURES


def test_no_till_is_told_about_a_stores_registration() -> None:
    said = {
        meaning.failure_code for (column, *_), meaning in MEANINGS.items() if column in OF_STORES
    }

    assert said == {None}


@pytest.mark.parametrize("meaning", dict.fromkeys(MEANINGS.values()), ids=str)
def test_a_class_and_its_result_agree(meaning: Meaning) -> None:
    results = {
        CodeClass.DECLINE: {Result.FAILED},
        CodeClass.RECHECK: {Result.UNKNOWN},
        CodeClass.DOUBT: {Result.UNKNOWN},
        CodeClass.BUG: {Result.FAILED, Result.UNKNOWN},
        None: {Result.SUCCEEDED, Result.PENDING, Result.UNKNOWN},
    }

    assert meaning.result in results[meaning.code_class]
    assert meaning.code_class is not CodeClass.BUG or meaning.is_configuration_fault


IDS = {"partner_trans_id": "TG1", "out_trade_no": "TG1", "partner_refund_id": "RF1"}
OURS = IDS | {"out_return_no": "RF1", "qr_code": "https://qr.alipay.com/bax1"}
CALLS: dict[Column, Call] = {
    Column.PAY: verdict.PAY,
    Column.PRECREATE: verdict.PRECREATE,
    Column.QUERY: verdict.QUERY,
    Column.CANCEL: verdict.CANCEL,
    Column.REFUND: verdict.REFUND,
    Column.REFUND_QUERY: verdict.REFUND_QUERY,
    Column.REGISTER: verdict.REGISTER,
    Column.REGISTRATION: verdict.REGISTRATION,
}
REFUSALS = {
    Column.REFUSED_FIRST: verdict.PAY,
    Column.REFUSED: verdict.QUERY,
    Column.REFUSED_REGISTRATION: verdict.REGISTRATION,
}


def judged(call: Call, body: bytes) -> Outcome:
    evidence = Evidence("http://127.0.0.1/", "service", {}, None, 200, 1)
    reply = Reply("http://127.0.0.1/", body, 200, 1)
    expected = Expected(ids=IDS | {"out_return_no": "RF1"}, proof=tuple(IDS))
    return judge(call, reply, expected, Md5Signature(MD5_KEY), evidence)


def answer_saying(column: Column, kind: Kind, code: str) -> tuple[Call, bytes]:
    """The answer in which Alipay would say ``code`` there, and the call that reads it."""
    code = code.removesuffix("*")
    if column in REFUSALS:
        return REFUSALS[column], refused(code)
    call = CALLS[column]
    if kind is Kind.RESULT:
        if code.endswith(" (is_sync=N)"):
            call, code = verdict.REFUND_LATER, "SUCCESS"
        return call, accepted(OURS | {call.result_field: code})
    if kind is Kind.STATE:
        return call, accepted(OURS | {call.result_field: "SUCCESS", str(call.state_field): code})
    words = [word for word in call.failing_results or {"SUCCESS"} if word]
    failing = {call.result_field: min(words)} if words else {}
    return call, accepted(OURS | failing | {call.reason_fields[0]: code})


@pytest.mark.parametrize(("column", "kind", "code"), MEANINGS, ids=str)
def test_every_row_reaches_the_outcome(column: Column, kind: Kind, code: str) -> None:
    meaning = MEANINGS[column, kind, code]

    outcome = judged(*answer_saying(column, kind, code))

    assert outcome.result is meaning.result
    assert outcome.failure_code == meaning.failure_code
    assert outcome.is_configuration_fault is meaning.is_configuration_fault
    assert outcome.is_trade_missing is meaning.is_trade_missing


@pytest.mark.parametrize("column", list(Column))
@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("code", [None, "", "*", "SOMETHING_NEW", "system_error", "SUCCESS "])
def test_a_code_that_is_not_in_the_table_is_in_doubt(
    column: Column, kind: Kind, code: str | None
) -> None:
    meaning = meaning_of(column, kind, code)

    assert meaning == Meaning(Result.UNKNOWN, CodeClass.DOUBT)


def test_a_starred_row_stands_for_its_family_only() -> None:
    for code in ("ILLEGAL_DIGEST", "ILLEGAL_DIGEST_TYPE"):
        assert meaning_of(Column.REFUSED_FIRST, Kind.REASON, code).result is Result.FAILED
    assert meaning_of(Column.REFUSED_FIRST, Kind.REASON, "ILLEGAL_DIG").result is Result.UNKNOWN
    assert meaning_of(Column.QUERY, Kind.REASON, "ILLEGAL_DIGEST").result is Result.UNKNOWN
