"""``/gateway.do``: read, check the signature, apply faults, do the work, answer (reference §1)."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from sqlite3 import Connection, Row

from sandbox import (
    cancels,
    envelope,
    faults,
    presented,
    refunds,
    registrations,
    signing,
    trades,
)
from sandbox.amounts import RATES, write_amount
from sandbox.clock import SandboxClock, beijing_compact
from sandbox.fields import is_well_formed
from sandbox.notifications import is_genuine
from sandbox.readings import Readings
from sandbox.storage import Storage

SERVICES = {
    "alipay.acquire.overseas.spot.pay": "pay",
    "alipay.acquire.precreate": "precreate",
    "alipay.acquire.overseas.query": "query",
    "alipay.acquire.cancel": "cancel",
    "alipay.acquire.overseas.spot.refund": "refund",
    "alipay.acquire.refund.query": "refund_query",
    "alipay.overseas.secmerchant.offline.maintain": "maintain",
    "alipay.overseas.secmerchant.maintain.queryStatus": "query_status",
    "forex_rate_file": "rates",
    "notify_verify": "notify_verify",
}
_OF_STORES = frozenset({"maintain", "query_status"})
_CHARSETS = {"utf-8": "utf-8", "gbk": "gbk", "gb2312": "gb2312"}
_MAINTENANCE = "<!doctype html><title>Maintenance</title><p>System maintenance, back soon."


def charset_of(request: Mapping[str, str]) -> str | None:
    """The codec of ``_input_charset`` (GBK when it is absent, §1.2); None for a strange one."""
    return _CHARSETS.get(request.get("_input_charset", "gbk").lower())


class ConnectionClosed(Exception):
    """The connection is to be closed without an answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back to the caller."""

    body: bytes
    content_type: str = "text/xml;charset=UTF-8"


class Gateway:
    """The whole gateway; thread-safe."""

    def __init__(self, storage: Storage, clock: SandboxClock, readings: Readings) -> None:
        self.storage, self.clock, self.readings = storage, clock, readings
        self.private_pem = _own_key(storage)
        self.wait = threading.Event().wait  # faults sleep on this; tests replace it

    def handle(self, request: Mapping[str, str], *, address: str = "main") -> Answer:
        """Answer a call to one of ``faults.ADDRESSES``; raises ConnectionClosed for some faults."""
        refused, partner = self._check(request)
        service = SERVICES.get(request.get("service", ""), "")
        if service == "notify_verify":
            return self._verify_notification(request)
        if refused or partner is None:
            return Answer(envelope.refusal(refused or "ILLEGAL_PARTNER").encode())
        if service == "rates":
            return Answer(self._rates().encode(), "text/plain;charset=UTF-8")
        return self._serve(service, partner, request, address)

    def _check(self, request: Mapping[str, str]) -> tuple[str | None, Row | None]:
        """The gateway's own refusal (§1.5), if there is one, and the partner."""
        service = SERVICES.get(request.get("service", ""))
        if service is None:
            return "ILLEGAL_SERVICE", None
        partner = self.storage.one("SELECT * FROM partner WHERE id = ?", request.get("partner", ""))
        if partner is None:
            return "ILLEGAL_PARTNER", None
        if not partner["is_active"]:
            return "ILLEGAL_PARTNER_EXTERFACE", partner
        if service == "notify_verify":
            return None, partner
        sign_type = request.get("sign_type", "")
        if sign_type not in signing.SIGN_TYPES or sign_type != partner["sign_type"]:
            return "ILLEGAL_SIGN_TYPE", partner
        charset = charset_of(request)
        if charset is None:
            return "ILLEGAL_CHARSET", partner
        if not self._is_signed(request, partner, sign_type, charset):
            return "ILLEGAL_SIGN", partner
        if not is_well_formed(service, request):
            return "ILLEGAL_ARGUMENT", partner
        return None, partner

    def _is_signed(
        self, request: Mapping[str, str], partner: Row, sign_type: str, charset: str
    ) -> bool:
        return signing.is_signed(
            signing.signed_text(request),
            request.get("sign", ""),
            sign_type,
            public_key=partner["public_key"],
            md5_key=partner["md5_key"],
            charset=charset,
        )

    def _serve(
        self, service: str, partner: Row, request: Mapping[str, str], address: str
    ) -> Answer:
        named = ("partner_trans_id", "out_trade_no", "store_id")
        trans_id = next((request[name] for name in named if request.get(name)), "")
        with self.storage.writing() as rows:
            code = request.get("buyer_identity_code") or trades.code_of(
                rows, partner["id"], trans_id
            )
            fault = faults.choose(rows, service, trans_id, code, address)
        self._before(fault, partner, request, trans_id, service)
        if fault.name == "html_maintenance":
            self._note(partner, trans_id, service, "html", request)
            return Answer(_MAINTENANCE.encode(), "text/html;charset=UTF-8")
        if fault.name == "gateway_system_error":
            self._note(partner, trans_id, service, "SYSTEM_ERROR", request)
            return Answer(envelope.refusal("SYSTEM_ERROR").encode())
        if fault.name == "system_error":
            fields = _system_error(service, trans_id)
        else:
            with self.storage.writing() as rows:
                fields = self._work(rows, service, partner, request, fault, self.clock.now())
        self._note(partner, trans_id, service, _word(fields), request)
        if not fields:
            return Answer(envelope.refusal("DATA_NOT_FOUND").encode())
        return self._after(fault, service, partner, request, fields, trans_id)

    def _before(
        self,
        fault: faults.Active,
        partner: Row,
        request: Mapping[str, str],
        trans_id: str,
        service: str,
    ) -> None:
        if fault.name == "slow_beyond_deadline":
            self.wait(fault.seconds)
        if fault.name == "request_lost":
            self._note(partner, trans_id, service, "lost before", request)
            raise ConnectionClosed

    def _work(
        self,
        rows: Connection,
        service: str,
        partner: Row,
        request: Mapping[str, str],
        fault: faults.Active,
        now: datetime,
    ) -> trades.Fields:
        if service == "pay":
            return trades.pay(rows, partner, request, fault, now, self.readings)
        if service == "precreate":
            return presented.precreate(rows, partner, request, now, self.readings)
        if service == "query":
            return trades.query(rows, partner, request, now, self.readings)
        if service == "cancel":
            return cancels.cancel(rows, partner, request, now, self.readings)
        if service == "refund":
            return refunds.refund(rows, partner, request, now, self.readings)
        if service == "maintain":
            return registrations.maintain(rows, partner, request, now, self.readings)
        if service == "query_status":
            return registrations.query_status(rows, partner, request, now) or {}
        return refunds.query_refund(rows, partner, request, now)

    def _after(
        self,
        fault: faults.Active,
        service: str,
        partner: Row,
        request: Mapping[str, str],
        fields: trades.Fields,
        trans_id: str,
    ) -> Answer:
        if fault.name in ("slow", "notification_before_answer"):
            self.wait(fault.seconds)
        if fault.name == "answer_lost":
            raise ConnectionClosed
        if fault.name == "system_error_paid":
            fields = _system_error(service, trans_id)
        if fault.name == "wrong_amount":
            fields = _one_more(fields)
        encoding = "GBK" if fault.name == "gbk" else "UTF-8"
        body = envelope.answer(
            request,
            fields,
            sign_type=partner["sign_type"],
            private_pem=self.private_pem,
            md5_key=partner["md5_key"],
            charset=charset_of(request) or "utf-8",
            encoding=encoding,
            at_root=service in _OF_STORES and self.readings.registration_answer == "root",
        )
        if fault.name == "bad_signature":
            body = body.replace(b"<sign>", b"<sign>0")
        if fault.name == "garbled":
            body = body[: len(body) // 2]
        return Answer(body, f"text/xml;charset={encoding}")

    def _note(
        self, partner: Row, trans_id: str, service: str, word: str, request: Mapping[str, str]
    ) -> None:
        with self.storage.writing() as rows:
            rows.execute(
                "INSERT INTO call (partner, partner_trans_id, service, at, answer, details)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (
                    partner["id"],
                    trans_id,
                    service,
                    self.clock.now().timestamp(),
                    word,
                    request.get("extend_info") or request.get("extend_params", ""),
                ),
            )

    def _verify_notification(self, request: Mapping[str, str]) -> Answer:
        notify_id = request.get("notify_id", "")
        if not notify_id or not request.get("partner"):
            return Answer(b"invalid", "text/plain")
        genuine = is_genuine(self.storage, request["partner"], notify_id)
        return Answer(b"true" if genuine else b"false", "text/plain")

    def _rates(self) -> str:
        stamp = beijing_compact(self.clock.now())[:8]
        return "\n".join(
            f"{stamp}|100030|{currency}|{Decimal(rate):.6f}|"
            for currency, rate in RATES.items()
            if currency != "CNY"
        )

    @property
    def public_key(self) -> str:
        """Alipay's public key, as its back office prints it."""
        return signing.public_base64(self.private_pem)


def _own_key(storage: Storage) -> str:
    """The key of this data folder, made at its first start."""
    key = storage.one("SELECT private_pem FROM own_key")
    if key is not None:
        return str(key["private_pem"])
    pem = signing.new_private_pem()
    with storage.writing() as rows:
        rows.execute("INSERT INTO own_key VALUES (1, ?)", (pem,))
    return pem


def _one_more(fields: trades.Fields) -> trades.Fields:
    """The answer with amounts one minor unit too high."""
    wrong = {
        name: write_amount(int(fields[name].replace(".", "")) + 1, fields["currency"])
        for name in ("trans_amount", "refund_amount")
        if name in fields
    }
    return fields | wrong


def _system_error(service: str, trans_id: str) -> trades.Fields:
    if service == "cancel":
        return {
            "result_code": "UNKNOWN",
            "retry_flag": "Y",
            "detail_error_code": "SYSTEM_ERROR",
            "out_trade_no": trans_id,
        }
    if service == "precreate":
        return {
            "result_code": "UNKNOWN",
            "detail_error_code": "SYSTEM_ERROR",
            "out_trade_no": trans_id,
        }
    if service == "query" or service in _OF_STORES:
        return {"result_code": "FAIL", "error": "SYSTEM_ERROR"}
    if service == "refund_query":
        return {"response_code": "QUERY_FAILED"}
    return trades.failed("SYSTEM_ERROR", trans_id, "UNKNOW")


def _word(fields: trades.Fields) -> str:
    reason = fields.get("error") or fields.get("detail_error_code") or ""
    result = fields.get("result_code") or fields.get("response_code") or ""
    states = ("alipay_trans_status", "refund_result_code", "status")
    state = next((fields[name] for name in states if fields.get(name)), "")
    return " ".join(part for part in (result, state, reason) if part)
