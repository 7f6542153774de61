"""A till of the tests: it talks HTTP, and signs with its own few lines of MD5."""

import hashlib
import itertools
from typing import Any, Self

import requests
from lxml import etree

PARTNER = "2088000000000001"
KEY = "abcdefghijklmnopqrstuvwxyz012345"
_EXTEND = '{"secondary_merchant_id":"M0001","store_id":"S001"}'
_SERVICES = {
    "pay": "alipay.acquire.overseas.spot.pay",
    "precreate": "alipay.acquire.precreate",
    "query": "alipay.acquire.overseas.query",
    "cancel": "alipay.acquire.cancel",
    "refund": "alipay.acquire.overseas.spot.refund",
    "maintain": "alipay.overseas.secmerchant.offline.maintain",
    "query_status": "alipay.overseas.secmerchant.maintain.queryStatus",
    "refund_query": "alipay.acquire.refund.query",
}


def text_to_sign(values: dict[str, str]) -> str:
    kept = sorted((n, v) for n, v in values.items() if n not in ("sign", "sign_type") and v)
    return "&".join(f"{name}={value}" for name, value in kept)


def md5(text: str, key: str = KEY) -> str:
    return hashlib.md5((text + key).encode()).hexdigest()  # noqa: S324 - the scheme's own


class Till:
    """Registers its partner with MD5 at the start."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.http = requests.Session()
        self.http.trust_env = False
        self._numbers = itertools.count(1)
        body = {"sign_type": "MD5", "md5_key": KEY}
        self.control("PUT", f"partners/{PARTNER}", body)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failure: object) -> None:
        self.http.close()

    def control(self, method: str, path: str, body: Any = None, expected: int = 0) -> Any:
        answer = self.http.request(method, f"{self.url}/control/{path}", json=body, timeout=10)
        assert answer.status_code == expected if expected else answer.ok, answer.text
        return answer.json()

    def customer(self, yuan: int = 1000, *, asks_password: bool = False) -> int:
        body = {"name": "Ling", "balance_fen": yuan * 100, "asks_password": asks_password}
        return int(self.control("POST", "customers", body)["id"])

    def code(self, customer: int, digits: int = 18) -> str:
        body = {"digits": digits}
        return str(self.control("POST", f"customers/{customer}/codes", body)["code"])

    def magic(self, fault: str = "none") -> str:
        return str(self.control("POST", "codes", {"fault": fault})["code"])

    def balance(self, customer: int) -> int:
        return int(self.control("GET", f"customers/{customer}")["balance_fen"])

    def new_id(self) -> str:
        return f"TG{next(self._numbers):08d}"

    def signed(self, call: str, **fields: str) -> dict[str, str]:
        said = {"service": _SERVICES.get(call, call), "partner": PARTNER, "_input_charset": "UTF-8"}
        said |= fields
        return said | {"sign": md5(text_to_sign(said)), "sign_type": "MD5"}

    def send(self, said: dict[str, str]) -> requests.Response:
        return self.http.get(f"{self.url}/gateway.do", params=said, timeout=10)

    def call(self, call: str, **fields: str) -> dict[str, str]:
        """The children of ``response/alipay``; its signature is checked."""
        answer = self.send(self.signed(call, **fields))
        root = etree.fromstring(answer.content)
        assert root.findtext("is_success") == "T", answer.text
        children = root.find("response/alipay")
        assert children is not None
        said = {child.tag: child.text or "" for child in children}
        assert list(said) == sorted(said)
        assert root.findtext("sign") == md5(text_to_sign(said))
        return said

    def pay(
        self, code: str, amount: str = "120.50", trans_id: str = "", **more: str
    ) -> dict[str, str]:
        return self.call("pay", **self.pay_fields(code, amount, trans_id, **more))

    def pay_fields(
        self, code: str, amount: str = "120.50", trans_id: str = "", **more: str
    ) -> dict[str, str]:
        return {
            "alipay_seller_id": PARTNER,
            "trans_name": "Tea & cake",
            "partner_trans_id": trans_id or self.new_id(),
            "currency": "HKD",
            "trans_amount": amount,
            "buyer_identity_code": code,
            "identity_code_type": "barcode",
            "trans_create_time": "20261123120000",
            "biz_product": "OVERSEAS_MBARCODE_PAY",
            "extend_info": _EXTEND,
        } | more

    def precreate(self, trans_id: str, amount: str = "120.50", **more: str) -> dict[str, str]:
        return self.call("precreate", **self.precreate_fields(trans_id, amount, **more))

    def precreate_fields(
        self, trans_id: str, amount: str = "120.50", **more: str
    ) -> dict[str, str]:
        return {
            "notify_url": "http://127.0.0.1:9/notify",
            "timestamp": "2026-11-23 12:00:00",
            "seller_id": PARTNER,
            "out_trade_no": trans_id,
            "subject": "Tea & cake",
            "product_code": "OVERSEAS_MBARCODE_PAY",
            "currency": "HKD",
            "total_fee": amount,
            "it_b_pay": "2m",
            "qr_code_it_b_pay": "2m",
            "extend_params": _EXTEND,
        } | more

    def scan(self, customer: int, qr_code: str, *, pays: bool, expected: int = 201) -> Any:
        said = {"qr_code": qr_code, "pays": pays}
        return self.control("POST", f"customers/{customer}/scans", said, expected=expected)

    def query(self, trans_id: str) -> dict[str, str]:
        return self.call("query", partner_trans_id=trans_id)

    def cancel(self, trans_id: str) -> dict[str, str]:
        return self.call("cancel", out_trade_no=trans_id, timestamp="1795406400000")

    def refund(
        self, trans_id: str, refund_id: str, amount: str, *, is_sync: str = "Y", **more: str
    ) -> dict[str, str]:
        fields = {"partner_trans_id": trans_id, "partner_refund_id": refund_id, "currency": "HKD"}
        return self.call("refund", **fields | {"refund_amount": amount, "is_sync": is_sync} | more)

    def refusal(self, said: dict[str, str]) -> str:
        """The error of ``is_success=F``; such an answer is never signed."""
        answer = self.send(said)
        assert answer.status_code == 200
        root = etree.fromstring(answer.content)
        assert root.findtext("is_success") == "F", answer.text
        assert root.find("sign") is None
        return root.findtext("error") or ""
