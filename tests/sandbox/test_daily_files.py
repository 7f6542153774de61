"""The daily files say what happened, in the scheme's own form, on the scheme's days."""

from datetime import date, datetime

import pytest

from sandbox.clock import BEIJING, ManualClock
from sandbox.files.contract import Contract
from sandbox.files.making import make_what_is_due
from sandbox.files.settlement_days import days_settled_on
from sandbox.readings import Readings
from sandbox.server import Serving
from tests.sandbox.till import PARTNER, Till

TODAY = "2026-11-23"  # a Monday


def lines(till: Till, kind: str, day: str = TODAY) -> list[str]:
    made = till.control("POST", "files", {"partner": PARTNER, "kind": kind, "day": day})
    assert made["name"] == f"{PARTNER}_{kind}_{day.replace('-', '')}.txt"
    return text(till, kind, day).splitlines()


def text(till: Till, kind: str, day: str) -> str:
    answer = till.http.get(f"{till.url}/control/files/{PARTNER}/{kind}/{day}", timeout=10)
    assert answer.status_code == 200
    return answer.content.decode("utf-8")


def contract(till: Till, **terms: object) -> None:
    till.control("PUT", f"partners/{PARTNER}/contract", terms)


def plant(till: Till, kind: str, name: str, count: int = 1, day: str = TODAY) -> None:
    said = {"partner": PARTNER, "kind": kind, "day": day, "name": name, "count": count}
    till.control("POST", "breaks", said)


def paid(till: Till, *amounts: str) -> list[str]:
    customer = till.customer(10_000)
    return [till.pay(till.code(customer), one)["alipay_trans_id"] for one in amounts]


def test_a_transaction_file_tells_the_day_row_by_row(till: Till, clock: ManualClock) -> None:
    customer = till.customer()
    trade = till.pay(till.code(customer), "100.00", "TG1")["alipay_trans_id"]
    clock.advance(60)
    till.refund("TG1", "RF1", "40.00")
    other = till.pay(till.code(customer), "1.00", "TG2")["alipay_trans_id"]
    clock.advance(60)
    till.cancel("TG2")

    told = lines(till, "transaction")

    assert told[0] == f"Partner:{PARTNER}|Payment_time: 2026-11-23|Total_count:4"
    assert told[1].split("|")[:8] == [
        "Partner_transaction_id", "Transaction_id", "Transaction_amount", "Charge_amount",
        "Currency", "Payment_time", "Transaction_type", "Remark",
    ]  # fmt: skip
    shop = "||||paymentQrCode|HKD"
    assert sorted(told[2:]) == sorted([
        f"TG1|{trade}|100.00|0.60|HKD|2026-11-23 12:00:00|PAYMENT|{shop}|100.00|1",
        f"RF1|{trade}|40.00|0.24|HKD|2026-11-23 12:01:00|REFUND|{shop}|40.00|1",
        f"TG2|{other}|1.00|0.01|HKD|2026-11-23 12:01:00|PAYMENT|{shop}|1.00|1",
        f"TG2|{other}|1.00|0.01|HKD|2026-11-23 12:02:00|CANCEL|{shop}|1.00|1",
    ])  # fmt: skip


def test_a_settlement_file_prices_what_was_not_cancelled(till: Till) -> None:
    contract(till, fee_percent="0.6")
    customer = till.customer()
    trade = till.pay(till.code(customer), "369.30", "TG1")["alipay_trans_id"]
    till.pay(till.code(customer), "1.00", "TG2")
    till.cancel("TG2")

    told = lines(till, "settlement", "2026-11-24")

    assert len(told) == 2
    assert told[0].startswith("Partner_transaction_id|Transaction_id|Amount|Rmb_amount|Fee|")
    # 369.30 at 0.90207 is 333.134…; its own fee is 2.00, rounded apart from the 2.22.
    assert told[1] == (
        f"TG1|{trade}|369.30|333.13|2.22|367.08|331.13|HKD|0.90207000|2026-11-23 12:00:00"
        "|2026-11-24 15:46:00|P|L|||||paymentQrCode|HKD|369.30|1"
    )


def test_a_contract_may_keep_the_fee_of_a_refund_and_use_the_older_layout(till: Till) -> None:
    contract(till, refund_returns_fee=False, layout="short", fee_percent="1.25")
    till.pay(till.code(till.customer()), "100.00", "TG1")
    till.refund("TG1", "RF1", "40.00")

    told = [line.split("|") for line in lines(till, "transaction")]

    assert {len(line) for line in told[1:]} == {8}
    assert {(line[6], line[3]) for line in told[2:]} == {("PAYMENT", "1.25"), ("REFUND", "0.00")}


@pytest.mark.parametrize(
    ("day", "settled"),
    [
        ("2026-11-24", ["2026-11-23"]),
        ("2026-11-27", ["2026-11-26"]),
        ("2026-11-28", []),  # a Saturday
        ("2026-11-29", []),
        ("2026-11-30", ["2026-11-27", "2026-11-28", "2026-11-29"]),
        # Friday the 25th is closed: Thursday to Sunday on Monday.
        ("2026-12-25", []),
        ("2026-12-28", ["2026-12-24", "2026-12-25", "2026-12-26", "2026-12-27"]),
    ],
)
def test_friday_to_sunday_and_a_holiday_wait_for_the_next_working_day(
    day: str, settled: list[str]
) -> None:
    found = days_settled_on(date.fromisoformat(day), Contract(holidays=("2026-12-25",)))
    assert [one.isoformat() for one in found] == settled


def test_a_contract_may_settle_at_weekends_too() -> None:
    contract = Contract(settles_daily=True, holidays=("2026-11-28",))
    found = [days_settled_on(date(2026, 11, day), contract) for day in (28, 29, 30)]
    assert found == [[], [date(2026, 11, 27), date(2026, 11, 28)], [date(2026, 11, 29)]]


def test_the_clock_makes_yesterdays_files_at_half_past_nine(box: Serving, till: Till) -> None:
    paid(till, "1.00")
    storage = box.gateway.storage

    def made_at(moment: str) -> set[tuple[str, str]]:
        now = datetime.fromisoformat(moment).replace(tzinfo=BEIJING)
        make_what_is_due(storage, now, Readings())
        found = storage.all("SELECT * FROM daily_file WHERE name IS NOT NULL")
        return {(row["kind"], row["day"]) for row in found}

    assert made_at("2026-11-24T09:29:59") == set()
    assert made_at("2026-11-24T09:30:00") == {("transaction", TODAY)}
    assert made_at("2026-11-27T10:00:00") == {("transaction", TODAY), ("settlement", "2026-11-24")}


def test_an_empty_day_has_no_file_or_an_empty_one(till: Till) -> None:
    asked = {"partner": PARTNER, "kind": "transaction", "day": TODAY}
    assert till.control("POST", "files", asked)["name"] is None
    contract(till, empty_day="empty")
    assert lines(till, "transaction")[0].endswith("|Total_count:0")


def test_planted_breaks_are_in_the_file_and_only_they(till: Till) -> None:
    paid(till, *["10.00"] * 12)
    right = lines(till, "transaction")[2:]
    for name in ("row_missing", "row_extra", "duplicate", "amount", "fee", "currency", "status"):
        plant(till, "transaction", name)

    told = lines(till, "transaction")
    rows = [line.split("|") for line in told[2:]]

    assert told[0].endswith(f"Total_count:{len(rows)}")
    assert len(rows) == 12 - 1 + 1 + 1
    assert len(set(told[2:]) & set(right)) == 12 - 5  # missing, amount, fee, currency, status
    assert len(rows) - len({row[0] for row in rows}) == 1
    assert [row[2] for row in rows].count("10.01") == 1
    assert [row[3] for row in rows].count("0.07") == 1
    assert [row[4] for row in rows].count("USD") == 1
    assert [row[6] for row in rows].count("CANCEL") == 1
    assert sum(row[0].startswith("EXTRA") for row in rows) == 1
    assert lines(till, "transaction") == told  # the same plan breaks the same rows


def test_a_late_row_comes_in_the_next_file(till: Till) -> None:
    trades = paid(till, "1.00", "2.00")
    plant(till, "transaction", "late")
    plant(till, "settlement", "late", day="2026-11-24")

    today = {line.split("|")[1] for line in lines(till, "transaction")[2:]}
    tomorrow = {line.split("|")[1] for line in lines(till, "transaction", "2026-11-24")[2:]}
    settled = {line.split("|")[1] for line in lines(till, "settlement", "2026-11-24")[1:]}
    later = {line.split("|")[1] for line in lines(till, "settlement", "2026-11-25")[1:]}

    assert (len(today), len(tomorrow), today | tomorrow) == (1, 1, set(trades))
    assert (len(settled), len(later), settled | later) == (1, 1, set(trades))


@pytest.mark.parametrize(
    ("name", "line", "part"),
    [
        ("wrong_total", 0, "Total_count:2"),
        ("columns_swapped", 1, "Transaction_id|Partner_transaction_id|"),
        ("letter_in_amount", 2, "|O1.00|"),
    ],
)
def test_a_file_can_be_malformed(till: Till, name: str, line: int, part: str) -> None:
    paid(till, "1.00")
    plant(till, "transaction", name)
    assert part in lines(till, "transaction")[line]


def test_a_late_file_waits_until_it_is_asked_for(box: Serving, till: Till) -> None:
    paid(till, "1.00")
    plant(till, "transaction", "file_late")
    noon = datetime(2026, 11, 24, 12, tzinfo=BEIJING)
    make_what_is_due(box.gateway.storage, noon, Readings())
    till.control("GET", f"files/{PARTNER}/transaction/{TODAY}", expected=404)
    assert len(lines(till, "transaction")) == 3


def test_names_cannot_break_a_row_and_gb18030_is_a_choice(till: Till) -> None:
    contract(till, encoding="gb18030")
    shop = (
        '{"secondary_merchant_id":"M1","store_id":"S1","secondary_merchant_name":"茶|屋",'
        '"secondary_merchant_industry":"5812","store_name":"Kowloon"}'
    )
    till.pay(till.code(till.customer()), "1.00", extend_info=shop)
    till.control("POST", "files", {"partner": PARTNER, "kind": "transaction", "day": TODAY})
    url = f"{till.url}/control/files/{PARTNER}/transaction/{TODAY}"
    content = till.http.get(url, timeout=10).content
    row = content.decode("gb18030").splitlines()[2].split("|")
    assert (len(row), row[8:12]) == (15, ["5812", "茶 屋", "Kowloon", "paymentQrCode"])


def test_a_fee_rounds_half_up() -> None:
    half = Contract(fee_percent="0.5")
    assert [half.fee(minor) for minor in (99, 100, 299, 300)] == [0, 1, 1, 2]


def test_what_cannot_be_read_is_refused(till: Till) -> None:
    where = f"partners/{PARTNER}/contract"
    for terms in ({"fee_percent": "-1"}, {"fee_percent": 0.6}, {"layout": "wide"}, {"fee": "1"}):
        till.control("PUT", where, terms, expected=400)
    till.control("PUT", "partners/2088000000000099/contract", {}, expected=404)
    file = {"partner": PARTNER, "kind": "transaction", "day": TODAY}
    for wrong in ({"kind": "summary"}, {"day": "yesterday"}):
        till.control("POST", "files", file | wrong, expected=400)
    till.control("POST", "breaks", file | {"name": "rain"}, expected=400)
    assert till.control("GET", "breaks")["data"] == []
