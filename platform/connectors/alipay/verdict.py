"""Decides what an answer means: doubts first, then the table of codes, then the facts.

Nothing becomes SUCCEEDED or FAILED here unless Alipay's own words, signed and about this very
call, say so. The one unsigned word that counts is the refusal of a call that is sent
once: a pay, a precreate (§1.4, 1.5).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from connectors.alipay.codes import DOUBT, PENDING, RECORDED, Column, Kind, Meaning, meaning_of
from connectors.alipay.envelope import Answer, UnreadableAnswer, is_genuine, read_answer
from connectors.alipay.facts import read_facts, read_money
from connectors.alipay.masking import mask_codes
from connectors.alipay.signing import Verifier
from connectors.alipay.transport import Reply
from connectors.base import Contradiction, Evidence, Outcome, Result, TradeFacts
from kernel.money import Money

_WORDS = ("detail_error_des", "display_message", "reject_reason")  # Alipay's own, for staff
CONTRADICTION = "CONTRADICTION"
BAD_SIGNATURE = "BAD_SIGNATURE"
UNREADABLE_ANSWER = "UNREADABLE_ANSWER"
LONGEST_NEEDED = 512  # characters; what is longer makes no QR code that a wallet reads at a till


@dataclass(frozen=True, slots=True)
class Call:
    """Where one kind of answer keeps its words."""

    column: Column
    result_field: str = "result_code"
    state_field: str | None = None  # read when the result is SUCCESS
    reason_fields: tuple[str, ...] = ("error", "detail_error_code")
    # Results that leave the decision to the reason; None: there is no result.
    failing_results: frozenset[str | None] = frozenset({"FAILED"})
    # Without these a success says nothing that we could use.
    needed_fields: tuple[str, ...] = ()
    # The table's name of SUCCESS where the same word means less.
    success_code: str = "SUCCESS"
    # Whose meaning a refusal by the gateway itself has; None: what every repeatable call's has.
    refusals: Column | None = None
    # The fields may stand at the root instead of inside response/alipay (§5.1, open).
    may_answer_at_root: bool = False
    # A success that says something else here is not one yet.
    only_with: tuple[str, str] | None = None


PAY = Call(Column.PAY, refusals=Column.REFUSED_FIRST)
PRECREATE = Call(
    Column.PRECREATE,
    reason_fields=("detail_error_code", "error"),
    failing_results=frozenset({"FAIL", "FAILED"}),
    needed_fields=("qr_code",),
    refusals=Column.REFUSED_FIRST,
)
QUERY = Call(
    Column.QUERY,
    state_field="alipay_trans_status",
    failing_results=frozenset({"FAIL", "FAILED"}),
)
CANCEL = Call(
    Column.CANCEL,
    reason_fields=("detail_error_code", "error"),
    failing_results=frozenset({"FAIL"}),
)
REFUND = Call(Column.REFUND)
REFUND_LATER = Call(Column.REFUND, success_code=RECORDED)
REFUND_QUERY = Call(
    Column.REFUND_QUERY,
    result_field="response_code",
    state_field="refund_result_code",
    reason_fields=("refund_error_code",),
    failing_results=frozenset(),
)
REGISTER = Call(
    Column.REGISTER,
    failing_results=frozenset({"FAIL", "FAILED"}),
    refusals=Column.REFUSED_REGISTRATION,
    may_answer_at_root=True,
)
REGISTRATION = Call(
    Column.REGISTRATION,
    result_field="status",
    reason_fields=("error",),
    failing_results=frozenset({None}),
    refusals=Column.REFUSED_REGISTRATION,
    may_answer_at_root=True,
    only_with=("store_status", "ACTIVATED"),
)


@dataclass(frozen=True, slots=True)
class Expected:
    """What an answer must repeat to be about our call.

    Every id that is there must be ours; what is said of a trade must carry one of ``proof``, and
    a success the amount too where ``amount_is_required``.
    """

    ids: Mapping[str, str]
    proof: tuple[str, ...]
    amount: Money | None = None
    amount_field: str = "trans_amount"
    amount_is_required: bool = False
    payment_codes: tuple[str, ...] = field(default=(), repr=False)


class _Doubt(Exception):
    """The answer cannot be used."""

    def __init__(
        self, code: str | None, message: str, contradiction: Contradiction | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.contradiction = contradiction


def judge(
    call: Call, reply: Reply, expected: Expected, verifier: Verifier, evidence: Evidence
) -> Outcome:
    """The outcome of ``call``; any doubt is UNKNOWN, with the doubt in ``code`` and ``message``."""
    try:
        answer = _readable(reply)
        if not answer.is_success:
            return _refusal(call, answer, verifier, evidence)
        return _business_outcome(call, answer, expected, verifier, evidence)
    except _Doubt as doubt:
        message = mask_codes(doubt.message, expected.payment_codes)
        return Outcome(
            Result.UNKNOWN,
            doubt.code,
            evidence,
            message=message,
            contradiction=doubt.contradiction,
        )


def _readable(reply: Reply) -> Answer:
    if reply.body is None:
        raise _Doubt(None, reply.error or "no answer")
    if reply.http_status != 200:
        raise _Doubt(UNREADABLE_ANSWER, f"HTTP status {reply.http_status}")
    try:
        return read_answer(reply.body)
    except UnreadableAnswer as error:
        raise _Doubt(UNREADABLE_ANSWER, str(error)[:200]) from None


def _refusal(call: Call, answer: Answer, verifier: Verifier, evidence: Evidence) -> Outcome:
    """``is_success=F``. A signature is not owed (§1.4), but one that is there must be right."""
    if answer.signature and not is_genuine(answer, verifier):
        raise _Doubt(BAD_SIGNATURE, "the refusal's signature is wrong")
    meaning = meaning_of(call.refusals or Column.REFUSED, Kind.REASON, answer.reason)
    return _outcome(answer.reason, meaning, answer.fields, evidence, TradeFacts())


def _business_outcome(
    call: Call, answer: Answer, expected: Expected, verifier: Verifier, evidence: Evidence
) -> Outcome:
    if call.may_answer_at_root and not answer.has_response:
        answer = replace(answer, has_response=True, fields=answer.root)
    if not answer.has_response or not is_genuine(answer, verifier):
        raise _Doubt(BAD_SIGNATURE, "the answer's signature is missing or wrong")
    code, meaning = _read_words(call, answer.fields)
    _refuse_contradiction(call, answer, meaning, expected)
    if meaning.result is Result.SUCCEEDED:
        _refuse_incomplete(call, answer)
        code, meaning = _not_yet(call, answer, code, meaning)
    return _outcome(code, meaning, answer.fields, evidence, read_facts(answer.fields))


def _read_words(call: Call, fields: Mapping[str, str]) -> tuple[str | None, Meaning]:
    """The code to show and what it means."""
    word = fields.get(call.result_field) or None
    reason = next((fields[name] for name in call.reason_fields if fields.get(name)), None)
    if word == "SUCCESS" and call.state_field:
        code = fields.get(call.state_field) or None
        meaning = meaning_of(call.column, Kind.STATE, code)
    elif word in call.failing_results:
        code, meaning = reason, meaning_of(call.column, Kind.REASON, reason)
    else:
        code = call.success_code if word == "SUCCESS" else word
        meaning = meaning_of(call.column, Kind.RESULT, code)
        code = word
    return _with_reason(call, code, meaning, reason)


def _with_reason(
    call: Call, code: str | None, meaning: Meaning, reason: str | None
) -> tuple[str | None, Meaning]:
    """A reason beside an open or failed result is the better code, and may call for staff."""
    if reason is None or meaning.result is Result.SUCCEEDED:
        return code, meaning
    beside = meaning_of(call.column, Kind.REASON, reason)
    alarmed = meaning.is_configuration_fault or beside.is_configuration_fault
    return reason, replace(meaning, is_configuration_fault=alarmed)


def _refuse_incomplete(call: Call, answer: Answer) -> None:
    for name in call.needed_fields:
        if not 0 < len(answer.fields.get(name, "")) <= LONGEST_NEEDED:
            raise _Doubt(UNREADABLE_ANSWER, f"a success without a usable {name}")


def _not_yet(
    call: Call, answer: Answer, code: str | None, meaning: Meaning
) -> tuple[str | None, Meaning]:
    if call.only_with is None:
        return code, meaning
    name, wanted = call.only_with
    said = answer.fields.get(name, wanted)
    return (code, meaning) if said == wanted else (said, PENDING)


def _refuse_contradiction(call: Call, answer: Answer, meaning: Meaning, expected: Expected) -> None:
    fields = answer.fields
    for name, ours in expected.ids.items():
        if fields.get(name, ours) != ours or answer.echo.get(name, ours) != ours:
            other = Contradiction("other_trade", _excerpt(fields, tuple(expected.ids)))
            raise _Doubt(CONTRADICTION, f"{name} is not ours", other)
    # A failure may come without ids; whatever Alipay says of a trade that it has names it.
    is_about_a_trade = fields.get(call.result_field) == "SUCCESS" and meaning != DOUBT
    if is_about_a_trade and expected.proof and not any(fields.get(name) for name in expected.proof):
        raise _Doubt(CONTRADICTION, f"the answer does not say {' or '.join(expected.proof)}")
    _refuse_other_amount(fields, expected, is_required=meaning.result is Result.SUCCEEDED)


def _refuse_other_amount(
    fields: Mapping[str, str], expected: Expected, *, is_required: bool
) -> None:
    if expected.amount is None:
        return
    text, currency = fields.get(expected.amount_field), fields.get("currency")
    if not (is_required and expected.amount_is_required) and not (text or currency):
        return
    if currency != expected.amount.currency or read_money(text, currency) != expected.amount:
        names = (expected.amount_field, "currency", "result_code", "alipay_trans_status")
        other = Contradiction("other_amount", _excerpt(fields, names)) if text else None
        raise _Doubt(CONTRADICTION, "the amount or the currency is not ours", other)


def _excerpt(fields: Mapping[str, str], names: tuple[str, ...]) -> dict[str, str]:
    """Some fields of the answer, short enough to be kept as evidence."""
    return {name: mask_codes(fields[name])[:64] for name in names if fields.get(name)}


def _outcome(
    code: str | None,
    meaning: Meaning,
    fields: Mapping[str, str],
    evidence: Evidence,
    trade: TradeFacts,
) -> Outcome:
    action = fields.get("action")
    return Outcome(
        result=meaning.result,
        code=_for_staff(code, 64),
        evidence=evidence,
        trade=trade,
        failure_code=meaning.failure_code,
        message=_for_staff(next((fields[name] for name in _WORDS if fields.get(name)), None), 500),
        is_configuration_fault=meaning.is_configuration_fault,
        is_trade_missing=meaning.is_trade_missing,
        is_retryable=fields.get("retry_flag") != "N",
        cancel_action=action if action in {"close", "refund"} else None,
        qr_code=fields.get("qr_code") if meaning.result is Result.SUCCEEDED else None,
    )


def _for_staff(text: str | None, limit: int) -> str | None:
    """Free text of Alipay's: cut, and with no payment code in it (whole ones; §2.1's form)."""
    return mask_codes(text)[:limit] if text else None
