"""Stores below secondary merchants: announced, looked at, then taken or refused (reference §5)."""

import json
from collections.abc import Mapping
from datetime import datetime
from sqlite3 import Connection, Row

from sandbox.readings import Readings

Fields = dict[str, str]

MAGIC_REFUSED = "REFUSE"  # a registration_no that begins so is refused …
MAGIC_REVIEWED = "REVIEW"  # … or so: looked at until the control API decides
_ENVELOPE = frozenset({"service", "partner", "_input_charset", "sign", "sign_type", "timestamp"})
_FOUND = "SELECT * FROM registration WHERE partner = ? AND merchant_id = ? AND store_id = ?"
_DECIDED = """
UPDATE registration SET status = ?, reject_reason = ?, decides_at = NULL
 WHERE partner = ? AND merchant_id = ? AND store_id = ?
"""


def maintain(
    rows: Connection, partner: Row, request: Mapping[str, str], now: datetime, readings: Readings
) -> Fields:
    """``offline.maintain``: received; a store that was taken already stays so while it is seen."""
    known = find(rows, partner["id"], *_names(request), now)
    is_change = known is not None and known["status"] in {"SUCCESS", "MODIFICATION_REVIEW"}
    number = request.get("registration_no", "")
    decides_at = now.timestamp() + float(readings.review_seconds)
    rows.execute(
        "INSERT OR REPLACE INTO registration VALUES (?, ?, ?, ?, '', ?, ?, ?)",
        (
            partner["id"],
            *_names(request),
            "MODIFICATION_REVIEW" if is_change else "UNDER_REVIEW",
            json.dumps({k: v for k, v in request.items() if k not in _ENVELOPE}),
            now.timestamp(),
            None if number.startswith(MAGIC_REVIEWED) else decides_at,
        ),
    )
    return {"result_code": "SUCCESS"}


def query_status(
    rows: Connection, partner: Row, request: Mapping[str, str], now: datetime
) -> Fields | None:
    """``maintain.queryStatus``: where the store stands; None for one that nobody announced."""
    known = find(rows, partner["id"], *_names(request), now)
    if known is None:
        return None
    said = {
        "secondary_merchant_id": known["merchant_id"],
        "store_id": known["store_id"],
        "payment_method": request["payment_method"],
        "partner": partner["id"],
        "status": known["status"],
        "reject_reason": known["reject_reason"],
    }
    is_live = known["status"] in {"SUCCESS", "MODIFICATION_REVIEW"}
    return said | ({"store_status": "ACTIVATED"} if is_live else {})


def find(
    rows: Connection, partner: str, merchant_id: str, store_id: str, now: datetime
) -> Row | None:
    """The store as it stands now: a review whose time has come is decided."""
    names = (partner, merchant_id, store_id)
    row: Row | None = rows.execute(_FOUND, names).fetchone()
    if row is None or row["decides_at"] is None or row["decides_at"] > now.timestamp():
        return row
    number = json.loads(row["fields"]).get("registration_no", "")
    refused = number.startswith(MAGIC_REFUSED)
    decide(rows, *names, reject_reason="risk control: documents do not match" if refused else "")
    found: Row | None = rows.execute(_FOUND, names).fetchone()
    return found


def decide(
    rows: Connection, partner: str, merchant_id: str, store_id: str, *, reject_reason: str = ""
) -> bool:
    """Alipay has looked: taken, or refused with a reason. False if nobody announced the store."""
    said = "FAILED" if reject_reason else "SUCCESS", reject_reason
    done = rows.execute(_DECIDED, (*said, partner, merchant_id, store_id))
    return done.rowcount == 1


def _names(request: Mapping[str, str]) -> tuple[str, str]:
    return request["secondary_merchant_id"], request["store_id"]
