"""A partner's contract: the fee, the form of its files, its SFTP password."""

import re
from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, jsonify

from sandbox.control.body import BadRequest, NotFound, body, day, one_of, text, yes_or_no
from sandbox.files import contract as terms
from sandbox.gateway import Gateway

_HOLIDAYS_LIMIT = 400
_FIELDS = (
    "fee_percent",
    "refund_returns_fee",
    "layout",
    "empty_day",
    "encoding",
    "sftp_password",
    "holidays",
    "settles_daily",
)


def add(pages: Blueprint, gateway: Gateway) -> None:
    """The routes below /partners/…/contract."""
    storage = gateway.storage

    @pages.put("/partners/<partner>/contract")
    def put_contract(partner: str) -> Response:
        sent = body(*_FIELDS)
        if storage.one("SELECT 1 FROM partner WHERE id = ?", partner) is None:
            raise NotFound(f"no partner {partner}")
        with storage.writing() as rows:
            terms.keep(rows, partner, _read(sent))
        return get_contract(partner)

    @pages.get("/partners/<partner>/contract")
    def get_contract(partner: str) -> Response:
        with storage.writing() as rows:
            return jsonify(asdict(terms.contract_of(rows, partner)))


def _read(sent: dict[str, Any]) -> terms.Contract:
    """The terms that were sent; what was not is as by default."""
    default = terms.Contract()
    percent = sent.get("fee_percent", default.fee_percent)
    if not isinstance(percent, str) or not re.fullmatch(r"[0-9]{1,2}(\.[0-9]{1,4})?", percent):
        raise BadRequest('fee_percent is a text such as "0.6", with up to four decimals')
    holidays = sent.get("holidays", [])
    if not isinstance(holidays, list) or len(holidays) > _HOLIDAYS_LIMIT:
        raise BadRequest(f"holidays is a list of up to {_HOLIDAYS_LIMIT} days")
    return terms.Contract(
        fee_percent=percent,
        refund_returns_fee=yes_or_no(sent, "refund_returns_fee", default=True),
        layout=one_of(sent, "layout", terms.LAYOUTS, default.layout),
        empty_day=one_of(sent, "empty_day", terms.EMPTY_DAYS, default.empty_day),
        encoding=one_of(sent, "encoding", terms.ENCODINGS, default.encoding),
        sftp_password=text(sent, "sftp_password", longest=128) or "",
        holidays=tuple(day(str(one)).isoformat() for one in holidays),
        settles_daily=yes_or_no(sent, "settles_daily", default=False),
    )
