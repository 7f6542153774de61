"""What the calls of this app answer: the contract, also for the OpenAPI document."""

from typing import Any, Literal

from pydantic import BaseModel

from kernel import ids
from kernel.clock import show_time
from portal.health.sentences import TILL
from portal.models import Banner, Incident
from portal.selectors.status import Concerns
from portal.state import Kind

_COLUMNS = {"en": "text_en", "zh-Hans": "text_zh_hans", "zh-Hant": "text_zh_hant"}


class IncidentObject(BaseModel):
    """A trouble that is going on; ``cashier_message`` says what to do about it.

    ``store`` and ``terminal`` are null where it is not of one of them.
    """

    id: str
    kind: Literal["scheme_silent", "scheme_slow", "set_up_refused", "failing", "code_reads"]
    cashier_message: str
    store: str | None
    terminal: str | None
    opened_at: str


class BannerObject(BaseModel):
    """A sentence of your acquirer's staff, to be shown until ``ends_at``."""

    id: str
    severity: Literal["info", "warning", "problem"]
    text: str
    ends_at: str


class StatusObject(BaseModel):
    """``disrupted`` while an incident goes on that touches what this key may use."""

    object: Literal["status"]
    status: Literal["ok", "disrupted"]
    incidents: list[IncidentObject]
    banners: list[BannerObject]


def show_status(concerns: Concerns, *, language: str) -> dict[str, Any]:
    """The object, with sentences in ``language`` (en, zh-Hans, zh-Hant)."""
    return {
        "object": "status",
        "status": "disrupted" if concerns.incidents else "ok",
        "incidents": [_incident(row, language) for row in concerns.incidents],
        "banners": [_banner(row, language) for row in concerns.banners],
    }


def _incident(row: Incident, language: str) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "kind": row.kind,
        "cashier_message": TILL[Kind(row.kind)][language],
        "store": row.store_id and ids.encode("str", row.store_id),
        "terminal": row.terminal_id and ids.encode("trm", row.terminal_id),
        "opened_at": show_time(row.created_at),
    }


def _banner(row: Banner, language: str) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "severity": row.severity,
        "text": getattr(row, _COLUMNS[language]),
        "ends_at": show_time(row.ends_at),
    }
