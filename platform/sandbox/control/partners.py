"""Partners: who may call the gateway, and how they sign."""

import json
from typing import Any

from flask import Blueprint, Response, jsonify

from sandbox import signing
from sandbox.amounts import RATES
from sandbox.control.body import BadRequest, NotFound, body, one_of, text, yes_or_no
from sandbox.gateway import Gateway

_KEY_LIMIT = 8192


def add(pages: Blueprint, gateway: Gateway) -> None:
    """The routes below /partners."""

    @pages.put("/partners/<partner>")
    def put_partner(partner: str) -> Response:
        sent = body("sign_type", "public_key", "md5_key", "currencies", "is_active")
        if len(partner) != 16 or not (partner.isascii() and partner.isdigit()):
            raise BadRequest("a partner id has 16 digits")
        sign_type = one_of(sent, "sign_type", signing.SIGN_TYPES, "RSA2")
        values = (
            partner,
            sign_type,
            _public_key(sent, sign_type),
            _md5_key(sent, sign_type),
            json.dumps(_currencies(sent)),
            yes_or_no(sent, "is_active", default=True),
        )
        with gateway.storage.writing() as rows:
            rows.execute("INSERT OR REPLACE INTO partner VALUES (?, ?, ?, ?, ?, ?)", values)
        return jsonify(partner=partner, alipay_public_key=gateway.public_key)

    @pages.get("/partners/<partner>")
    def get_partner(partner: str) -> Response:
        row = gateway.storage.one("SELECT * FROM partner WHERE id = ?", partner)
        if row is None:
            raise NotFound(f"no partner {partner}")
        return jsonify(
            id=row["id"],
            sign_type=row["sign_type"],
            public_key=row["public_key"],
            currencies=json.loads(row["currencies"]) or None,
            is_active=bool(row["is_active"]),
            alipay_public_key=gateway.public_key,
        )


def _public_key(sent: dict[str, Any], sign_type: str) -> str:
    key = text(sent, "public_key", longest=_KEY_LIMIT) or ""
    if sign_type == "MD5":
        return key
    try:
        signing.check_public_key(key)
    except Exception as error:  # noqa: BLE001 - whatever the library says of a strange key
        raise BadRequest(f"public_key is no RSA public key, in Base64 or PEM: {error}") from None
    return key


def _md5_key(sent: dict[str, Any], sign_type: str) -> str:
    key = text(sent, "md5_key", longest=_KEY_LIMIT) or ""
    if sign_type == "MD5" and not key:
        raise BadRequest("MD5 needs md5_key")
    return key


def _currencies(sent: dict[str, Any]) -> list[str]:
    """What the contract allows; an empty list is everything."""
    listed = sent.get("currencies") or []
    if not isinstance(listed, list) or any(one not in list(RATES) for one in listed):
        raise BadRequest(f"currencies is a list of {', '.join(RATES)}, or null for all")
    return listed
