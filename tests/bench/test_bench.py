"""The measurement itself: its arithmetic, its stand-in, its scripts. No time is asserted."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256

from connectors.alipay.envelope import is_genuine, read_answer
from connectors.alipay.signing import RsaVerifier
from tests.bench.capture import Statement, capture_payment
from tests.bench.cpu import share_of_others
from tests.bench.market import make_market, new_private_key
from tests.bench.pgbench_script import write_script
from tests.bench.plan import FULL
from tests.bench.report import Latency, Report, Round, latency, per_payment_ms, percentile
from tests.bench.stand_in import answer, signer
from tests.fakes import PAID, FakeScheme
from tests.people import Person

FORM = {
    "service": "alipay.acquire.overseas.spot.pay",
    "partner_trans_id": "pay01jdb",
    "currency": "HKD",
    "trans_amount": "120.50",
}


def test_a_percentile_is_the_value_that_so_many_do_not_exceed() -> None:
    values = [float(number) for number in range(200, 0, -1)]

    assert percentile(values, 50) == 100.0
    assert percentile(values, 99) == 198.0
    assert percentile(values, 100) == 200.0
    assert percentile([7.0], 99) == 7.0
    assert percentile([], 99) == 0.0


def test_what_alipay_takes_is_no_latency_of_ours() -> None:
    added = latency([10_012.0, 10_030.0, 10_047.0], alipay_ms=10_000.0)

    assert added == Latency(p50=30.0, p95=47.0, p99=47.0, worst=47.0)


def test_cpu_time_is_told_per_payment() -> None:
    assert per_payment_ms({"web": 2.5, "beat": 0.0}, 500) == {"web": 5.0, "beat": 0.0}
    assert per_payment_ms({"web": 2.5}, 0) == {"web": 0.0}


def test_the_ratio_of_a_run_is_the_median_of_its_pairs() -> None:
    cpu = {"web": 8.0, "PostgreSQL": 4.0}
    rounds = [Round(1000, 100, cpu, 1.2), Round(1000, 200, cpu, 2.4), Round(500, 75, cpu, 1.8)]

    report = Report(rounds=rounds)

    assert report.ratio == report.as_json()["ratio"] == 0.15
    assert report.as_json()["cpu_ratio"] == 0.15


def test_what_others_took_of_the_machine_is_what_we_did_not() -> None:
    assert share_of_others((100.0, 400.0), (116.0, 420.0), 11.0) == 0.25
    assert share_of_others((100.0, 400.0), (110.0, 420.0), 11.0) == 0.0


def test_two_thousand_in_flight_at_ten_seconds_are_two_hundred_arriving_each_second() -> None:
    assert FULL.arrivals_per_second == 200


@pytest.mark.parametrize(
    ("service", "is_waiting", "status"),
    [
        ("alipay.acquire.overseas.spot.pay", False, None),
        ("alipay.acquire.overseas.query", True, "WAIT_BUYER_PAY"),
        ("alipay.acquire.overseas.query", False, "TRADE_SUCCESS"),
    ],
)
def test_the_connector_accepts_the_stand_ins_signature(
    service: str, is_waiting: bool, status: str | None
) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - as weak as the stand-in
    body = answer(FORM | {"service": service}, signer(key), number=42, is_waiting=is_waiting)

    read = read_answer(body)
    assert is_genuine(read, RsaVerifier(key.public_key(), SHA256()))
    assert read.fields["partner_trans_id"] == "pay01jdb"
    assert read.fields["alipay_trans_id"] == "2026112222001400000000000042"
    assert read.fields.get("alipay_trans_status") == status
    assert not is_genuine(
        read_answer(body.replace(b"120.50", b"120.51")), RsaVerifier(key.public_key(), SHA256())
    )


def test_the_stand_in_refuses_a_call_that_is_about_no_trade() -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    body = answer({"service": "alipay.overseas.secmerchant.query"}, signer(key), number=7)

    assert b"<is_success>F</is_success><error>ILLEGAL_SERVICE</error>" in body


def test_a_script_sends_new_ids_for_each_payment_and_the_rest_as_it_was() -> None:
    at = datetime(2026, 11, 22, tzinfo=UTC)
    store = UUID("018f0000-0000-7000-8000-00000000000a")
    sql = "INSERT INTO t SELECT %(a_id)s, %(a_store)s, %(a_at)s, %(a_ref)s, %(a_none)s::int, '%%'"

    def sent(payment: str, reference: str) -> list[Statement]:
        values = {"a_id": UUID(payment), "a_store": store, "a_at": at, "a_none": None}
        look_up = Statement("SELECT find(%s)", {"p0": "abc"})
        return [look_up, Statement(sql, values | {"a_ref": reference})]

    script = write_script(
        sent("018f0000-0000-7000-8000-000000000001", "captured-0000000000000001"),
        sent("018f0000-0000-7000-8000-000000000002", "captured-0000000000000002"),
        name="x",
    )

    payment_id = "(lpad(to_hex(:number::bigint), 16, '0') || '8000000000000000')::uuid"
    reference = "(:x_2 || lpad(:number::bigint::text, 16, '0'))::text"
    assert script.text.splitlines()[2:] == [
        "SELECT find(:x_0::text);",
        f"INSERT INTO t SELECT {payment_id}, :x_1::uuid, now(), {reference}, NULL::int, '%';",
    ]
    assert script.variables == {"x_0": "abc", "x_1": str(store), "x_2": "captured-", "n": "0"}


def test_what_the_code_sends_for_a_payment_can_be_written_as_a_script(
    acme: Person, scheme: FakeScheme
) -> None:
    scheme.will("pay", PAID, PAID, PAID)
    till = acme.key_text, acme.store.public_id

    _, first, second = (capture_payment(till, number) for number in range(3))

    script = write_script(first, second, name="till0").text
    assert script.count("INSERT INTO payments_payment") == 1
    assert script.count("UPDATE payments_payment") == 1
    assert "%(" not in script


def test_every_till_of_the_measurements_market_may_take_payments(
    db: None, scheme: FakeScheme
) -> None:
    scheme.will("pay", PAID, PAID)

    market = make_market(
        "tried",
        gateway_url="http://127.0.0.1:9",
        alipay_key=new_private_key(2048),
        acquirers=2,
        merchants=1,
    )

    assert [len(capture_payment(till, 1)) > 0 for till in market.tills[:2]] == [True, True]


def test_recordings_of_two_code_paths_are_no_script() -> None:
    with pytest.raises(ValueError, match="did not send the same statements"):
        write_script([Statement("SELECT 1", {})], [Statement("SELECT 2", {})], name="x")
