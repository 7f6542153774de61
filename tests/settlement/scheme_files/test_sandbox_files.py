"""What the sandbox writes, we read; what it spoils, we refuse at that very place."""

from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from sandbox import cancels, refunds, trades
from sandbox.clock import BEIJING
from sandbox.customers import create_customer, show_code
from sandbox.faults import NONE
from sandbox.files import contract as terms
from sandbox.files.making import folder_of, make
from sandbox.readings import Readings
from sandbox.storage import Storage
from settlement.scheme_files import settlement, transaction
from settlement.scheme_files.refusal import FileRefused

PARTNER, DAY = "2088000000000001", date(2026, 11, 23)
NOON = datetime(2026, 11, 23, 12, tzinfo=BEIJING)
_SHOP = '{"secondary_merchant_id":"M1","store_id":"S1","secondary_merchant_name":"茶屋"}'


class Scheme:
    """A sandbox's books: three payments, of which one is refunded in part and one cancelled."""

    def __init__(self, folder: Path) -> None:
        self.storage = Storage(folder)
        with self.storage.writing() as rows:
            rows.execute("INSERT INTO partner VALUES (?, 'MD5', '', 'secret', '[]', 1)", (PARTNER,))
        for number, currency in enumerate(("HKD", "JPY", "HKD"), 1):
            self._pay(f"T{number}", currency)
        self._refund_and_cancel()

    def file(self, kind: str, day: date) -> bytes:
        made = make(self.storage, PARTNER, kind, day, NOON + timedelta(days=2), Readings())
        return (folder_of(self.storage, PARTNER) / made["name"]).read_bytes()

    def contract(self, **said: Any) -> None:
        with self.storage.writing() as rows:
            terms.keep(rows, PARTNER, terms.Contract(**said))

    def plant(self, name: str) -> None:
        with self.storage.writing() as rows:
            rows.execute(
                "INSERT INTO planted (partner, kind, day, name, count, seed)"
                " VALUES (?, 'transaction', ?, ?, 1, 0)",
                (PARTNER, DAY.isoformat(), name),
            )

    def _pay(self, trans_id: str, currency: str) -> None:
        with self.storage.writing() as rows:
            customer = create_customer(rows, name="Ling", balance_fen=10**7, asks_password=False)
            code = show_code(rows, customer, digits=18, now=NOON)[0]
            partner = rows.execute("SELECT * FROM partner").fetchone()
            asked = {
                "partner_trans_id": trans_id, "currency": currency, "trans_amount": "369",
                "buyer_identity_code": code, "extend_info": _SHOP,
            }  # fmt: skip
            said = trades.pay(rows, partner, asked, NONE, NOON, Readings())
            assert said["result_code"] == "SUCCESS", said

    def _refund_and_cancel(self) -> None:
        with self.storage.writing() as rows:
            partner = rows.execute("SELECT * FROM partner").fetchone()
            asked = {
                "partner_trans_id": "T1", "partner_refund_id": "R1", "currency": "HKD",
                "refund_amount": "100.50", "is_sync": "Y",
            }  # fmt: skip
            refunds.refund(rows, partner, asked, NOON, Readings())
            cancels.cancel(rows, partner, {"out_trade_no": "T3"}, NOON, Readings())


@pytest.fixture
def scheme(tmp_path: Path) -> Any:
    made = Scheme(tmp_path)
    yield made
    made.storage.close()


@pytest.mark.parametrize("said", [{}, {"layout": "short"}, {"encoding": "gb18030"}])
def test_every_fact_of_the_day_is_read(scheme: Scheme, said: dict[str, str]) -> None:
    scheme.contract(**said)
    rows = list(
        transaction.read(BytesIO(scheme.file("transaction", DAY)), partner=PARTNER, day=DAY)
    )
    assert sorted((row.kind, row.own_id, row.amount, row.fee, row.currency) for row in rows) == [
        ("CANCEL", "T3", 36_900, 221, "HKD"),
        ("PAYMENT", "T1", 36_900, 221, "HKD"),
        ("PAYMENT", "T2", 369, 2, "JPY"),
        ("PAYMENT", "T3", 36_900, 221, "HKD"),
        ("REFUND", "R1", 10_050, 60, "HKD"),
    ]
    assert {row.at for row in rows} == {NOON}
    assert {row.merchant_name for row in rows} == {"" if said.get("layout") else "茶屋"}


def test_what_was_settled_the_next_day_is_read(scheme: Scheme) -> None:
    day = DAY + timedelta(days=1)
    rows = list(settlement.read(BytesIO(scheme.file("settlement", day)), day=day))
    assert sorted((row.kind, row.own_id, row.amount, row.fee, row.net) for row in rows) == [
        ("P", "T1", 36_900, 221, 36_679),
        ("P", "T2", 369, 2, 367),
        ("R", "R1", 10_050, 60, 9_990),
    ]


@pytest.mark.parametrize(
    ("name", "line", "column"),
    [
        ("wrong_total", 1, "Total_count"),
        ("columns_swapped", 2, "Partner_transaction_id"),
        ("letter_in_amount", 7, "Transaction_amount"),
        ("truncated", 7, ""),
    ],
)
def test_a_malformed_file_is_refused_where_it_was_spoiled(
    scheme: Scheme, name: str, line: int, column: str
) -> None:
    scheme.plant(name)
    with pytest.raises(FileRefused) as refused:
        list(transaction.read(BytesIO(scheme.file("transaction", DAY)), partner=PARTNER, day=DAY))
    assert (refused.value.line, refused.value.column) == (line, column)
