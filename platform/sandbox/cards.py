"""The open gateway: ``alipay.marketing.card.template.*``, JSON, RSA2 (reference §9).

The reference confirms the gateway's address, JSON, RSA2 and the names of the calls. Fields and
codes are as Alipay's own pages of these calls have them (docs/concepts/alipay-cards.md).
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from sqlite3 import Connection, Row
from typing import Any

from sandbox import signing
from sandbox.clock import SandboxClock
from sandbox.storage import Storage

PREFIX = "alipay.marketing.card.template."
MAGIC_REFUSED = "REFUSE"  # a card_show_name that begins so is refused …
MAGIC_AWAY = "AWAY"  # … or so: made, and the first answer says that the gateway is away
Said = dict[str, Any]
_STYLE = ("card_show_name", "logo_id", "background_id", "bg_color")
_COMMON = ("app_id", "method", "charset", "sign_type", "sign", "timestamp", "version")
_FORMS = {"template_id": r"[0-9]{1,32}", "request_id": r"[A-Za-z0-9_-]{1,32}"}


@dataclass(frozen=True, slots=True)
class OpenGateway:
    """The whole of it; thread-safe."""

    storage: Storage
    clock: SandboxClock
    private_pem: str

    def handle(self, request: Mapping[str, str]) -> bytes:
        """The answer to one call, signed."""
        method = request.get("method", "")
        refused, app = self._check(request)
        if refused is not None or app is None:
            return self._signed(
                "error_response", refused or _refused("40002", "isv.invalid-app-id")
            )
        with self.storage.writing() as rows:
            said = _work(rows, app, method.removeprefix(PREFIX), request["biz_content"])
            _note(rows, app, method, said, self.clock.now().timestamp())
        return self._signed(f"{method.replace('.', '_')}_response", said)

    def _check(self, request: Mapping[str, str]) -> tuple[Said | None, Row | None]:
        if any(not request.get(name) for name in _COMMON) or not request.get("biz_content"):
            return _refused("40001", "isv.missing-parameter"), None
        if not request["method"].startswith(PREFIX):
            return _refused("40002", "isv.invalid-method"), None
        app = self.storage.one(
            "SELECT app.id, app.partner, partner.public_key FROM app"
            " JOIN partner ON partner.id = app.partner WHERE app.id = ? AND partner.is_active",
            request["app_id"],
        )
        if app is None:
            return _refused("40002", "isv.invalid-app-id"), None
        text = "&".join(f"{k}={request[k]}" for k in sorted(request) if k != "sign" and request[k])
        is_signed = request["sign_type"] == "RSA2" and signing.is_signed(
            text, request["sign"], "RSA2",
            public_key=app["public_key"], md5_key="", charset="utf-8",
        )  # fmt: skip
        return (None, app) if is_signed else (_refused("40002", "isv.invalid-signature"), None)

    def _signed(self, name: str, said: Said) -> bytes:
        inner = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
        sign = signing.sign(inner, "RSA2", private_pem=self.private_pem, md5_key="")
        return f'{{"{name}":{inner},"sign":"{sign}"}}'.encode()


def _work(rows: Connection, app: Row, verb: str, text: str) -> Said:
    try:
        content = json.loads(text)
    except ValueError:
        content = None
    if not isinstance(content, dict):
        return _refused("40002", "isv.invalid-parameter")
    for name, form in _FORMS.items():
        if name in content and re.fullmatch(form, str(content[name])) is None:
            return _refused("40004", "INVALID_PARAMETER", name)
    if verb == "create":
        return _create(rows, app, content)
    if verb == "modify":
        return _modify(rows, app, content)
    return (
        _query(rows, app, content) if verb == "query" else _refused("40002", "isv.invalid-method")
    )


def _create(rows: Connection, app: Row, content: Said) -> Said:
    fault = _fault(content, ("request_id", "card_type", "biz_no_suffix_len", "field_rule_list"))
    if fault is not None:
        return fault
    digits = str(content["biz_no_suffix_len"])
    if content["card_type"] != "OUT_MEMBER_CARD" or not digits.isdecimal():
        return _refused("40004", "INVALID_PARAMETER", "card_type or biz_no_suffix_len")
    if not 8 <= int(digits) <= 32:
        return _refused("40004", "INVALID_PARAMETER", "biz_no_suffix_len")
    names = (app["id"], content["request_id"])
    made = rows.execute(
        "INSERT OR IGNORE INTO card_template (app, request_id, content) VALUES (?, ?, ?)",
        (*names, json.dumps(content)),
    )
    if made.rowcount and content["template_style_info"]["card_show_name"].startswith(MAGIC_AWAY):
        return _refused("20000", "isp.unknow-error")
    found = rows.execute(
        "SELECT id FROM card_template WHERE app = ? AND request_id = ?", names
    ).fetchone()
    return _done(template_id=shown_id(found["id"]))


def _modify(rows: Connection, app: Row, content: Said) -> Said:
    fault = _fault(content, ("request_id", "template_id"))
    if fault is not None:
        return fault
    found = _find(rows, app, content["template_id"])
    if found is None:
        return _refused("40004", "TEMPLATE_NOT_EXIST")
    whole = json.loads(found["content"]) | {k: v for k, v in content.items() if k != "template_id"}
    rows.execute(
        "UPDATE card_template SET content = ? WHERE id = ?", (json.dumps(whole), found["id"])
    )
    return _done(template_id=content["template_id"])


def _query(rows: Connection, app: Row, content: Said) -> Said:
    found = _find(rows, app, content.get("template_id", ""))
    if found is None:
        return _refused("40004", "TEMPLATE_NOT_EXIST")
    return _done(**{k: v for k, v in json.loads(found["content"]).items() if k != "request_id"})


def _find(rows: Connection, app: Row, template_id: str) -> Row | None:
    number = int(template_id[-12:]) if re.fullmatch("[0-9]{20}", str(template_id)) else 0
    row: Row | None = rows.execute(
        "SELECT * FROM card_template WHERE app = ? AND id = ?", (app["id"], number)
    ).fetchone()
    return row


def _fault(content: Said, required: tuple[str, ...]) -> Said | None:
    """What a template lacks, or has too much of."""
    style = content.get("template_style_info")
    missing = [name for name in (*required, "write_off_type", "column_info_list")
               if not content.get(name)]  # fmt: skip
    if missing or not isinstance(style, dict):
        return _refused("40004", "INVALID_PARAMETER", ", ".join(missing) or "template_style_info")
    empty = [name for name in _STYLE if not style.get(name)]
    if empty or len(str(style["card_show_name"])) > 10:
        return _refused("40004", "INVALID_PARAMETER", ", ".join(empty) or "card_show_name")
    if str(style["card_show_name"]).startswith(MAGIC_REFUSED):
        return _refused("40004", "CARD_SHOW_NAME_REFUSED")
    return None


def shown_id(number: int) -> str:
    """A template's id as Alipay writes ids: 20 digits."""
    return f"20260000{number:012d}"


def _done(**values: Any) -> Said:
    return {"code": "10000", "msg": "Success", **values}


def _refused(code: str, sub_code: str, what: str = "") -> Said:
    words = {"20000": "Service Currently Unavailable", "40001": "Missing Required Arguments",
             "40002": "Invalid Arguments", "40004": "Business Failed"}  # fmt: skip
    return {"code": code, "msg": words[code], "sub_code": sub_code, "sub_msg": what or sub_code}


def _note(rows: Connection, app: Row, method: str, said: Said, at: float) -> None:
    rows.execute(
        "INSERT INTO call (partner, partner_trans_id, service, at, answer, details)"
        " VALUES (?, '', ?, ?, ?, '')",
        (app["partner"], method, at, said.get("sub_code") or said["code"]),
    )
