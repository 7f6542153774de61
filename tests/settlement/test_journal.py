"""The journal: balanced, in the currency's own decimals, the same days in the same bytes."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from pytest_django.fixtures import Settings

from kernel.clock import ManualClock
from kernel.errors import Conflict, Rejected
from merchants.models import Merchant
from settlement.models import Journal, Line
from settlement.services.make_journal import make_journal, open_journal
from settlement.services.settle import settle
from tenancy.roles import Role
from tenancy.scope import platform_scope, tenant_scope
from tests.people import Person
from tests.settlement.conftest import DAY, NOON, Earn, give_account, set_terms
from tests.settlement.payouts.conftest import signed_in
from tests.storing import keep_in

pytestmark = pytest.mark.django_db

Rows = list[dict[str, str]]


@pytest.fixture(autouse=True)
def _folder(settings: Settings, tmp_path: Path) -> None:
    keep_in(tmp_path, settings)


def journal(person: Person, *, form: str = "entries", last: date = DAY, **said: Any) -> Journal:
    return make_journal(
        person.acquirer, DAY, last, livemode=said.get("livemode", False), form=form, actor="ada"
    )


def rows_of(row: Journal) -> Rows:
    with tenant_scope(row.acquirer_id), open_journal(row, by="ada") as file:
        return list(csv.DictReader(io.StringIO(file.read().decode(), newline="")))


def test_each_entry_is_a_row_with_its_cause_and_the_days_are_the_cut_offs(
    acme: Person, outsider: Person, earn: Earn, clock: ManualClock
) -> None:
    set_terms(acme, cut_off="17:00", zone="Asia/Hong_Kong")
    with tenant_scope(acme.acquirer.id):
        Merchant.objects.filter(pk=acme.merchant.pk).update(display_name="=1+1")
    earn(acme, 12_050)
    earn(acme, 500, currency="JPY")
    earn(acme, 1_234, currency="KWD", at=NOON + timedelta(hours=6))  # after 17:00: the next day
    earn(acme, 7, livemode=True)
    earn(outsider, 9)
    clock.advance(24 * 3600)

    one = journal(acme)
    rows = rows_of(one)

    assert sorted((row["account"], row["debit"], row["credit"]) for row in rows) == [
        ("merchant_payable", "", "120.50"), ("merchant_payable", "", "500"),
        ("scheme_receivable", "120.50", ""), ("scheme_receivable", "500", ""),
    ]  # fmt: skip
    assert {row["date"] for row in rows} == {"2026-11-18"}
    assert {row["merchant"] for row in rows} == {acme.merchant.public_id}
    assert {row["merchant_name"] for row in rows} == {"'=1+1"}
    assert all(row["cause"].startswith("pay_") for row in rows)
    assert one.totals == {"HKD": 12_050, "JPY": 500}
    both = rows_of(journal(acme, last=DAY + timedelta(days=1)))
    assert {(row["date"], row["debit"]) for row in both if row["currency"] == "KWD"} == {
        ("2026-11-19", "1.234"), ("2026-11-19", ""),
    }  # fmt: skip
    assert journal(acme).sha256 == one.sha256


def test_each_account_by_the_day_goes_from_its_opening_to_its_closing(
    acme: Person, rival: Person, earn: Earn, clock: ManualClock
) -> None:
    earn(acme, 100, at=NOON - timedelta(days=1))
    earn(acme, 12_050)
    earn(rival, 50)
    earn(acme, -50)
    give_account(acme)
    settle(acme.acquirer, DAY, livemode=False)
    clock.advance(24 * 3600)

    first, second = (
        [row for row in rows_of(journal(acme, form="daily", last=DAY + timedelta(days=1)))
         if row["date"] == day and row["account"] == "merchant_payable"]
        for day in ("2026-11-18", "2026-11-19")
    )  # fmt: skip

    assert [tuple(row.values())[3:] for row in first] == [("-1.00", "0.50", "121.00", "-121.50")]
    assert [tuple(row.values())[3:] for row in second] == [("-121.50", "121.50", "0.00", "0.00")]


def test_days_that_have_not_ended_or_cannot_be_make_nothing(
    acme: Person, earn: Earn, clock: ManualClock
) -> None:
    earn(acme, 1)
    with pytest.raises(Conflict, match="ends at"):
        journal(acme, last=DAY + timedelta(days=1))
    for said in ({"form": "runes"}, {"last": DAY - timedelta(days=1)},
                 {"last": DAY + timedelta(days=366)}):  # fmt: skip
        with pytest.raises(Rejected):
            journal(acme, **said)  # type: ignore[arg-type]
    with platform_scope():
        assert Journal.objects.count() == 0


def test_a_person_and_a_command_make_the_same_bytes(
    acme: Person, outsider: Person, earn: Earn, clock: ManualClock, tmp_path: Path
) -> None:
    earn(acme, 12_050)
    finance = signed_in(acme, Role.FINANCE)
    said = {"mode": "test", "first_day": "2026-11-18", "last_day": "2026-11-18", "form": "entries"}

    assert finance.post("/admin/settlement/journal/add/", said).status_code == 302
    call_command("journal", "--acquirer", acme.acquirer.slug, "--from", "2026-11-18",
                 "--to", "2026-11-18", "--output", str(tmp_path / "out.csv"))  # fmt: skip

    with platform_scope():
        [made, again] = Journal.objects.order_by("id")
    assert made.sha256 == again.sha256
    page = f"/admin/settlement/journal/{made.pk}"
    taken = b"".join(finance.get(f"{page}/bytes"))  # type: ignore[arg-type]
    assert taken == (tmp_path / "out.csv").read_bytes()
    assert "HKD 120.50" in finance.get(f"{page}/change/").content.decode()
    assert signed_in(outsider, Role.OWNER).get(f"{page}/bytes").status_code == 404
    assert signed_in(acme, Role.SUPPORT).get(f"{page}/bytes").status_code == 403


def test_the_hour_that_comes_twice_at_midnight_is_of_the_day_that_has_both(
    acme: Person, outsider: Person, earn: Earn, clock: ManualClock
) -> None:
    """In the Azores 25 October begins twice: at 00:00 UTC, and an hour later for good."""
    set_terms(acme, zone="Atlantic/Azores")
    saturday, midnight = date(2026, 10, 24), datetime(2026, 10, 25, tzinfo=UTC)
    for minutes, minor in ((-1, 100), (30, 200), (60, 400)):
        earn(acme, minor, at=midnight + timedelta(minutes=minutes))
    earn(outsider, 9, at=midnight + timedelta(minutes=30))

    settle(acme.acquirer, saturday, livemode=False)
    made = {
        form: rows_of(
            make_journal(acme.acquirer, saturday, saturday, livemode=False, form=form, actor="ada")
        )
        for form in ("daily", "entries")
    }

    with tenant_scope(acme.acquirer.id):
        lines = list(Line.objects.order_by("id").values_list("business_date", "gross_minor"))
    assert lines == [(saturday, 100), (saturday, 200)]
    sold = [row for row in made["daily"] if row["account"] == "scheme_receivable"]
    assert [(row["debit"], row["closing"]) for row in sold] == [("3.00", "3.00")]
    assert {row["date"] for row in made["entries"]} == {str(saturday)}
