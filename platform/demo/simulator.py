"""The other side of the counter: the customer's wallet and Alipay's books, at the simulator."""

import csv
import json
import time
from dataclasses import dataclass
from datetime import date, datetime
from types import TracebackType
from typing import Any, Self

import requests

from demo.answer import Answer, Listener, read_answer

_TIMEOUT = (5.0, 20.0)  # seconds to connect, to read
_SIGN = {"P": 1, "R": -1}  # of a row of the settlement file


class Refused(RuntimeError):
    """The simulator did not do what it was asked; the text is its answer."""


@dataclass(frozen=True)
class Call:
    """One call that Alipay received: ``pay``, ``precreate``, ``query``, ``cancel`` or ``refund``.

    ``extend_info`` is what a pay says of merchant and store (reference barcode §2.2).
    """

    service: str
    at: datetime
    extend_info: dict[str, str]


@dataclass(frozen=True)
class Trade:
    """What Alipay knows of one payment; money of the wallet in CNY fen."""

    state: str
    amount_minor: int
    currency: str
    taken_fen: int
    given_back_fen: int
    calls: tuple[Call, ...]

    def times_of(self, service: str) -> list[float]:
        """When this service was called, in seconds of the clock, oldest first."""
        return sorted(call.at.timestamp() for call in self.calls if call.service == service)


def register_partner(url: str, partner_id: str, public_key: str) -> str:
    """Open a partner account that signs with RSA2 at the simulator; gives Alipay's public key."""
    address = f"{url}/control/partners/{partner_id}"
    wanted = {"sign_type": "RSA2", "public_key": public_key}
    with requests.Session() as session:
        session.trust_env = False
        response = session.put(address, json=wanted, timeout=_TIMEOUT)
    if response.status_code not in (200, 201):
        raise Refused(f"PUT {address} answered {response.status_code}: {response.text[:300]}")
    return str(response.json()["alipay_public_key"])


class Simulator:
    """The control API. ``heard`` is told of what a tester does, and not of what he looks at."""

    def __init__(self, url: str, partner_id: str, *, heard: Listener) -> None:
        self._url = url
        self.partner_id = partner_id
        self._heard = heard
        self._session = requests.Session()
        self._session.trust_env = False  # a proxy of this machine is not for loopback addresses

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._session.close()

    def new_customer(self, name: str, *, balance_fen: int, asks_password: bool = False) -> str:
        """A customer with money in the wallet; gives the id."""
        wanted = {"name": name, "balance_fen": balance_fen, "asks_password": asks_password}
        return str(self._done("POST", "/control/customers", json=wanted)["id"])

    def balance_fen(self, customer: str) -> int:
        """The money in the wallet now."""
        return int(self._done("GET", f"/control/customers/{customer}")["balance_fen"])

    def show_code(self, customer: str, *, digits: int = 18) -> str:
        """A fresh payment code on the customer's screen."""
        path = f"/control/customers/{customer}/codes"
        return str(self._done("POST", path, json={"digits": digits})["code"])

    def plan_fault(self, fault: str, *, service: str, payment_code: str, **more: Any) -> None:
        """Have Alipay do ``fault`` once, at the pay (or other service) with this code."""
        wanted = {"fault": fault, "service": service, "payment_code": payment_code, "times": 1}
        self._done("POST", "/control/faults", json=wanted | more)

    def confirm(self, payment_id: str) -> None:
        """The customer types the password."""
        self._heard(self._ask("POST", f"{self._trade(payment_id)}/confirm", json={}))

    def scan(self, customer: str, qr_code: str) -> None:
        """The customer scans the till's code and pays."""
        path = f"/control/customers/{customer}/scans"
        self._heard(self._ask("POST", path, json={"qr_code": qr_code, "pays": True}))

    def trade(self, payment_id: str) -> Trade:
        """The trade of our payment; raises Refused when Alipay has none."""
        return _read_trade(self._done("GET", self._trade(payment_id)))

    def queries(self, payment_id: str) -> int:
        """How often Alipay was asked about our payment, also while it has no trade for it."""
        answer = self._ask("GET", self._trade(payment_id), expected=(200, 404))
        return sum(call["service"] == "query" for call in answer.body["calls"])

    def set_clock(self, moment: datetime) -> None:
        """Let it be ``moment`` at Alipay; time goes on from there, for every partner."""
        self._done("POST", "/control/clock", json={"now": moment.isoformat()})

    def reset_clock(self) -> None:
        """The machine's time again."""
        self._done("POST", "/control/clock", json={"reset": True})

    def agree(self, sftp_password: str) -> None:
        """Alipay settles each day on the next, weekend or not; the password is for its files."""
        self._done(
            "PUT",
            f"/control/partners/{self.partner_id}/contract",
            json={"sftp_password": sftp_password, "settles_daily": True},
        )

    def file_server(self) -> dict[str, Any]:
        """The SFTP server of the daily files: ``port``, ``host_key`` and ``folder``."""
        found: dict[str, Any] = self._done("GET", "/control/files")["sftp"]
        return found

    def plant_break(self, name: str, day: date) -> None:
        """Have the transaction file of ``day`` differ from what happened, in one row."""
        self._done(
            "POST", "/control/breaks", json=self._file_of("transaction", day) | {"name": name}
        )

    def make_file(self, kind: str, day: date) -> None:
        """Have the ``transaction`` or the ``settlement`` file of ``day`` written now, whatever the
        hour."""
        self._done("POST", "/control/files", json=self._file_of(kind, day))

    def settled_minor(self, day: date) -> int:
        """What Alipay pays for ``day``: its settlement file added up, in minor units of HKD."""
        path = f"/control/files/{self.partner_id}/settlement/{day}"
        response = self._session.get(self._url + path, timeout=_TIMEOUT)
        if response.status_code != 200:
            raise Refused(f"GET {path} answered {response.status_code}: {response.text[:300]}")
        rows = csv.DictReader(response.content.decode().splitlines(), delimiter="|")
        paid = [int(row["Settlement"].replace(".", "")) * _SIGN[row["Type"]] for row in rows]
        return sum(paid)

    def _file_of(self, kind: str, day: date) -> dict[str, str]:
        return {"partner": self.partner_id, "kind": kind, "day": day.isoformat()}

    def books(self) -> dict[str, Any]:
        """Alipay's totals of this partner account, per state of trades and for refunds."""
        return self._done("GET", "/control/books", params={"partner": self.partner_id})

    def _trade(self, payment_id: str) -> str:
        # Our id at Alipay is the payment's own, without the underscore that Alipay would refuse.
        return f"/control/trades/{self.partner_id}/{payment_id.replace('_', '')}"

    def _done(self, method: str, path: str, **rest: Any) -> dict[str, Any]:
        return self._ask(method, path, **rest).body

    def _ask(
        self, method: str, path: str, *, expected: tuple[int, ...] = (200, 201), **rest: Any
    ) -> Answer:
        began = time.monotonic()
        response = self._session.request(method, self._url + path, timeout=_TIMEOUT, **rest)
        answer = read_answer(method, path, response, time.monotonic() - began)
        if answer.status not in expected:
            raise Refused(f"{method} {path} answered {answer.status}: {answer.body}")
        return answer


def _read_trade(body: dict[str, Any]) -> Trade:
    return Trade(
        state=body["state"],
        amount_minor=body["amount_minor"],
        currency=body["currency"],
        taken_fen=body["money_taken_fen"],
        given_back_fen=body["money_given_back_fen"],
        calls=tuple(_read_call(call) for call in body["calls"]),
    )


def _read_call(body: dict[str, Any]) -> Call:
    return Call(
        service=body["service"],
        at=datetime.fromisoformat(body["at"]),
        extend_info=json.loads(body["extend_info"] or "{}"),
    )
