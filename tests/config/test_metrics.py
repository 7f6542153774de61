"""/metrics: the whole platform's figures, from the tables, for who holds the token alone."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from pytest_django.fixtures import Settings

from config.env import BASE_DIR
from config.metrics import GAUGES
from connectors.alipay.transport import ALL_LEFT_ALONE
from connectors.alipay.verdict import UNREADABLE_ANSWER
from connectors.base import Evidence, Outcome, Result
from kernel.clock import ManualClock
from payments.models import Payment
from tests.fakes import PAID, SILENCE, FakeScheme
from tests.payments.conftest import order_of, pay, principal_of, scheme
from tests.people import Person

__all__ = ["order_of", "pay", "principal_of", "scheme"]
pytestmark = pytest.mark.django_db
TOKEN = "metrics-of-tests"


@pytest.fixture(autouse=True)
def token(settings: Settings) -> None:
    settings.METRICS_TOKEN = TOKEN


def scrape(token: str = TOKEN) -> tuple[int, set[str]]:
    answer = Client().get("/metrics", headers={"Authorization": f"Bearer {token}"})
    lines = answer.content.decode().splitlines()
    return answer.status_code, {line for line in lines if not line.startswith("#")}


def test_nobody_reads_them_without_the_token(settings: Settings) -> None:
    assert scrape("wrong")[0] == 401
    assert Client().get("/metrics").status_code == 401
    assert Client().post("/metrics").status_code == 405
    settings.METRICS_TOKEN = ""
    assert scrape("")[0] == 404


def test_they_count_what_is_in_doubt_how_late_it_is_and_what_alipay_said(
    acme: Person, outsider: Person, pay: Callable[..., Payment], scheme: FakeScheme,
    clock: ManualClock,
) -> None:  # fmt: skip
    scheme.will("pay", PAID, SILENCE, SILENCE)
    pay(merchant_reference="A")
    pay(merchant_reference="B")
    clock.advance(20)
    pay(merchant_reference="C")

    status, figures = scrape()

    assert status == 200
    assert {
        'tillgate_payments_due{livemode="false",status="processing"} 2.0',
        "tillgate_oldest_doubt_seconds 20.0",
        'tillgate_overdue_seconds{table="payments"} 17.0',
        'tillgate_overdue_seconds{table="refunds"} 0.0',
        'tillgate_payments_recent{livemode="false",status="succeeded"} 1.0',
        'tillgate_payments_recent{livemode="false",status="processing"} 2.0',
        'tillgate_attempts_recent{kind="pay",result="succeeded"} 1.0',
        'tillgate_attempts_recent{kind="pay",result="unknown"} 2.0',
        'tillgate_attempt_seconds{kind="pay",quantile="0.99"} 0.001',
    } <= figures


def test_they_tell_of_each_address_whether_it_answers(
    acme: Person, pay: Callable[..., Payment], scheme: FakeScheme
) -> None:
    partner = acme.partner_account.partner_id
    nobody = Outcome(Result.UNKNOWN, None, evidence("http://first", None, "could not connect"))
    page = Outcome(Result.UNKNOWN, UNREADABLE_ANSWER, evidence("http://first", 200, None))
    failing = Outcome(Result.UNKNOWN, UNREADABLE_ANSWER, evidence("http://first", 502, None))
    unsent = Outcome(Result.UNKNOWN, None, evidence("http://first", None, ALL_LEFT_ALONE))
    scheme.will("pay", PAID, nobody, page, failing, unsent)
    for number in range(5):
        pay(merchant_reference=str(number))

    _, figures = scrape()

    assert {line for line in figures if line.startswith("tillgate_address")} == {
        f'tillgate_address_calls_recent{{{labels},partner="{partner}"}} {count}'
        for labels, count in [
            ('address="http://scheme",outcome="answered"', 1.0),
            ('address="http://first",outcome="failed"', 3.0),
            ('address="http://first",outcome="left_alone"', 1.0),
        ]
    }


def evidence(address: str, http_status: int | None, error: str | None) -> Evidence:
    return Evidence(address, "test", {}, None, http_status, 1, error)


def test_what_is_older_than_five_minutes_is_not_recent(
    pay: Callable[..., Payment], scheme: FakeScheme, clock: ManualClock
) -> None:
    scheme.will("pay", PAID)
    pay()
    clock.advance(301)

    _, figures = scrape()

    assert not {line for line in figures if line.startswith("tillgate_payments_recent")}


@pytest.mark.parametrize("gauge", GAUGES, ids=lambda gauge: gauge.name)
def test_no_figure_scans_a_table_that_grows(gauge: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            "EXPLAIN " + gauge.sql,  # type: ignore[attr-defined]
            {"now": "2026-11-22T00:00:00Z", "recent": "01900000-0000-7000-8000-000000000000"},
        )
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "Seq Scan" not in plan


def test_the_page_for_operators_names_every_figure() -> None:
    page = (BASE_DIR / "docs/howto/watch.md").read_text()

    assert [gauge.name for gauge in GAUGES if f"| `{gauge.name}` |" not in page] == []
