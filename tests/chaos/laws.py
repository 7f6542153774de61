"""The laws of the money, looked at from outside when the storm is over: both sides' books."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import psycopg
import requests

from tests.chaos.receiver import Receiver
from tests.chaos.shop import Shop

END_EVENTS = {"succeeded": "payment.succeeded", "failed": "payment.failed",
              "canceled": "payment.canceled"}  # fmt: skip
# What a till may be told no with; anything else would be a fault of ours.
_FAIR_REFUSALS = (
    "payment_failed", "payment_not_succeeded", "refund_exceeds_payment", "refund_exists",
    "nothing_left_to_refund", "cancel_window_closed",
)  # fmt: skip


@dataclass
class Findings:
    """How often each law was looked at, and what broke it: (law, payment or "", sentence)."""

    looked: Counter[str] = field(default_factory=Counter)
    broken: list[tuple[str, str, str]] = field(default_factory=list)

    def expect(self, law: str, holds: bool, payment: str, sentence: str) -> None:
        self.looked[law] += 1
        if not holds:
            self.broken.append((law, payment, sentence))


@dataclass(frozen=True)
class Scene:
    """Everything that can be read at the end."""

    shops: list[Shop]
    sandbox_url: str
    database_url: str
    receiver: Receiver
    logs: list[str]


def check(scene: Scene) -> Findings:
    """Look at everything once."""
    findings = Findings()
    trades = _trades(findings, scene)
    known: set[tuple[str, str]] = set()
    with psycopg.connect(scene.database_url) as database:
        for shop in scene.shops:
            payments = shop.client.read_all("/v1/payments")
            known |= {(shop.partner_id, _trans_id(payment)) for payment in payments}
            for look in (_ends, _once, _events, _refunds, _hooks, _fair):
                look(findings, scene, shop, payments)
            for payment in payments:
                _money(findings, payment, trades.get((shop.partner_id, _trans_id(payment))))
            _ledger(findings, database, shop, payments)
        _balance(findings, database)
    for key in trades.keys() - known:
        findings.expect(
            "1 committed before Alipay hears", False, "", f"trade without payment: {key}"
        )
    _secrets(findings, scene)
    return findings


def _trades(findings: Findings, scene: Scene) -> dict[tuple[str, str], dict[str, Any]]:
    """Alipay's trades by partner and ``partner_trans_id``: no id may have two."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for partner in sorted({shop.partner_id for shop in scene.shops}):
        for trade in read_trades(scene.sandbox_url, partner):
            key = (partner, trade["partner_trans_id"])
            findings.expect("2 one payment is one trade", key not in found, "", f"two of {key}")
            found[key] = trade
    return found


def read_trades(sandbox_url: str, partner: str) -> Iterator[dict[str, Any]]:
    """Every trade that Alipay has of the partner."""
    after = ""
    with requests.Session() as session:
        session.trust_env = False
        while True:
            params = {"partner": partner, "limit": "500", "after": after}
            page = session.get(f"{sandbox_url}/control/trades", params=params, timeout=30).json()
            yield from page["data"]
            if not page["has_more"]:
                return
            after = page["data"][-1]["alipay_trans_id"]


def _trans_id(payment: dict[str, Any]) -> str:
    return str(payment["id"]).replace("_", "")


def _ends(findings: Findings, scene: Scene, shop: Shop, payments: list[dict[str, Any]]) -> None:
    for payment in payments:
        has_ended = payment["status"] in END_EVENTS
        findings.expect("3 nothing stays in doubt", has_ended, payment["id"], payment["status"])


def _money(findings: Findings, payment: dict[str, Any], trade: dict[str, Any] | None) -> None:
    law = "4, 5 our end is Alipay's"
    status, refunded = payment["status"], payment["amount_refunded"]
    state = trade["state"] if trade else "no trade"
    is_paid = trade is not None and trade["paid_at"] is not None
    kept = (trade["amount_minor"] - trade["refunded_minor"]) if trade and is_paid else 0
    is_given_back = trade is None or trade["money_taken_fen"] == trade["money_given_back_fen"]
    if status == "succeeded":
        owed = payment["amount"] - refunded
        holds = is_paid and kept == owed and (state == "TRADE_SUCCESS" or owed == 0)
        findings.expect(law, holds, payment["id"], f"succeeded, {owed} kept; {state}, {kept} kept")
    else:
        holds = is_given_back and state in {"TRADE_CLOSED", "no trade"}
        findings.expect(law, holds, payment["id"], f"{status}; Alipay: {state}, {trade}")
    if trade is not None:
        same = (trade["amount_minor"], trade["currency"]) == (
            payment["amount"],
            payment["currency"],
        )
        findings.expect("8 amounts are the same", same, payment["id"], str(trade))


def _once(findings: Findings, scene: Scene, shop: Shop, payments: list[dict[str, Any]]) -> None:
    counted = Counter(payment["merchant_reference"] for payment in payments)
    for reference, asked in shop.asked.items():
        ids = shop.told.get(reference, set())
        holds = counted[reference] <= 1 and len(ids) <= 1
        findings.expect("6 the same request is one payment", holds, "", f"{reference}: {ids}")
        if ids and counted[reference] != 1:
            findings.expect(
                "7 the database is the truth", False, "", f"{reference} was lost: {asked}"
            )
    strangers = counted.keys() - shop.asked.keys()
    findings.expect("10 nobody sees another's", not strangers, "", f"{strangers}")


def _events(findings: Findings, scene: Scene, shop: Shop, payments: list[dict[str, Any]]) -> None:
    by_payment: dict[str, list[dict[str, Any]]] = {}
    for event in shop.client.read_all("/v1/events"):
        if event["type"].startswith("payment."):
            by_payment.setdefault(event["data"]["id"], []).append(event)
    for payment in payments:
        told = sorted(by_payment.pop(payment["id"], []), key=lambda event: event["id"])
        ends = [event for event in told if event["type"] in END_EVENTS.values()]
        types = Counter(event["type"] for event in ends)
        last = ends[-1] if ends else None
        holds = (
            last is not None
            and last["type"] == END_EVENTS.get(payment["status"])
            and max(types.values()) == 1
        )
        findings.expect("5 each end is told once", holds, payment["id"], str(dict(types)))
        if last is not None:
            parted = _parted(last["data"], payment)
            findings.expect("5 what is shown is what was told", not parted, payment["id"], parted)
    findings.expect("10 nobody sees another's", not by_payment, "", f"events: {list(by_payment)}")


def _parted(told: dict[str, Any], shown: dict[str, Any]) -> str:
    """The fields in which an event and the object part; what is refunded later may grow."""
    names = (told.keys() | shown.keys()) - {"amount_refunded"}
    return ", ".join(
        f"{name}: told {told.get(name)!r}, shown {shown.get(name)!r}"
        for name in sorted(names)
        if told.get(name) != shown.get(name)
    )


def _refunds(findings: Findings, scene: Scene, shop: Shop, payments: list[dict[str, Any]]) -> None:
    given: Counter[str] = Counter()
    told = Counter(
        (event["data"]["id"], event["type"])
        for event in shop.client.read_all("/v1/events")
        if event["data"]["object"] == "refund" and event["data"]["status"] != "processing"
    )
    for refund in shop.client.read_all("/v1/refunds"):
        number, status, payment = refund["id"], refund["status"], refund["payment"]
        findings.expect("3 nothing stays in doubt", status != "processing", payment, number)
        if status == "succeeded":
            given[payment] += refund["amount"]
        ends = {kind: times for (of, kind), times in told.items() if of == number}
        holds = ends == {f"refund.{status}": 1}
        findings.expect("5 each end is told once", holds, payment, f"{number}: {ends}")
    for payment in payments:
        if payment["status"] == "succeeded":
            total, shown = given[payment["id"]], payment["amount_refunded"]
            sentence = f"refunds {total}, shown {shown}"
            findings.expect("refunds add up", total == shown, payment["id"], sentence)


def _hooks(findings: Findings, scene: Scene, shop: Shop, payments: list[dict[str, Any]]) -> None:
    events = {event["id"] for event in shop.client.read_all("/v1/events")}
    heard = scene.receiver.heard(shop.store)
    law = "webhooks arrive, signed, at least once"
    findings.expect(law, events <= heard.ids, "", f"not heard: {sorted(events - heard.ids)[:5]}")
    findings.expect(law, heard.ids <= events, "", f"not ours: {sorted(heard.ids - events)[:5]}")
    findings.expect(law, heard.forged == 0, "", f"{heard.forged} with a wrong signature")


def _fair(findings: Findings, scene: Scene, shop: Shop, payments: list[dict[str, Any]]) -> None:
    for refusal in shop.client.refusals:
        is_fair = any(f'"{code}"' in refusal for code in _FAIR_REFUSALS)
        findings.expect("refusals are fair", is_fair, "", refusal)


_PAYABLE = """
SELECT COALESCE(sum(e.amount_minor), 0) FROM ledger_entry e
  JOIN ledger_account a ON a.id = e.account_id
  JOIN merchants_store s ON s.merchant_id = a.merchant_id
 WHERE a.kind = 'merchant_payable' AND s.id = %s
"""
_UNBALANCED = """
SELECT count(*) FROM (SELECT 1 FROM ledger_entry GROUP BY transaction_id, currency
                      HAVING sum(amount_minor) <> 0) unbalanced
"""


def _ledger(
    findings: Findings,
    database: psycopg.Connection[Any],
    shop: Shop,
    payments: list[dict[str, Any]],
) -> None:
    from kernel import ids

    row = database.execute(_PAYABLE, [ids.decode("str", shop.store)]).fetchone()
    owed = -int(row[0]) if row else 0
    kept = sum(
        payment["amount"] - payment["amount_refunded"]
        for payment in payments
        if payment["status"] == "succeeded"
    )
    findings.expect("9 the ledger is the payments'", owed == kept, "", f"owed {owed}, kept {kept}")


def _balance(findings: Findings, database: psycopg.Connection[Any]) -> None:
    row = database.execute(_UNBALANCED).fetchone()
    count = row[0] if row else 0
    findings.expect("9 the ledger balances", count == 0, "", f"{count} transactions do not balance")


def _secrets(findings: Findings, scene: Scene) -> None:
    text = "\n".join(scene.logs)
    for shop in scene.shops:
        holds = shop.client.key not in text and not any(code in text for code in shop.codes)
        findings.expect("11 no code or key in a log", holds, "", "a code or key stands in a log")


Look = Callable[[Findings, Scene, Shop, list[dict[str, Any]]], None]
