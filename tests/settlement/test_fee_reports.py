"""A month under another plan, and the margin: they follow from the lines; nothing is written."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from kernel.clock import ManualClock, using_clock
from ledger.models import Entry
from payments.models import Payment, Refund
from settlement.books.margin import Margin, list_margins
from settlement.models import FeePlan, FeeVersion, SchemeContract, SchemeFile, SchemeRow
from settlement.services.check_books import check_books
from settlement.services.reconcile import reconcile
from settlement.services.vat_rates import Rate, add_vat_rate
from settlement.services.what_if import Compared, what_if
from settlement.state import Way
from tenancy.roles import Role
from tenancy.scope import platform_scope, tenant_scope
from tests.people import Person
from tests.settlement.conftest import DAY, NOON
from tests.settlement.fee_rule import Sale, charge
from tests.settlement.test_admin import signed_in
from tests.settlement.test_fees import BEGIN, assign, book, lines_of, plan_of, settle_at

pytestmark = pytest.mark.django_db

TIERS = "HKD 1%\nHKD above 100.00: 0.5%"
SALES = [
    Sale(6000, NOON - timedelta(days=20)),  # in October
    Sale(6000, NOON),
    Sale(6001, NOON + timedelta(seconds=1)),
    Sale(-3000, NOON + timedelta(seconds=2), of=0, kind="refund"),
    Sale(-1001, NOON + timedelta(days=1), of=2, kind="refund"),
    Sale(9000, NOON + timedelta(days=1, seconds=1)),
]


@pytest.fixture
def month(acme: Person, rival: Person, outsider: Person) -> FeeVersion:
    """November of three merchants, settled: acme with fees. The version is the proposed one."""
    october = datetime(2026, 10, 1, tzinfo=UTC)
    with using_clock(ManualClock(october)):
        plan = plan_of(acme, starts_on=october.date())
        add_vat_rate(acme.acquirer, Rate(acme.merchant.country, Decimal(1000), october.date()),
                     made_by="staff:ada")  # fmt: skip
    assign(acme, plan, october.date(), at=october)
    book(acme, SALES)
    book(rival, [Sale(20000, NOON)])
    book(outsider, [Sale(777, NOON)])
    settle_at(acme, DAY - timedelta(days=20))
    settle_at(acme)
    settle_at(acme, DAY + timedelta(days=1))
    settle_at(outsider)
    proposed = plan_of(acme, TIERS)
    with tenant_scope(acme.acquirer.id):
        return FeeVersion.objects.select_related("plan").get(plan=proposed)


def everything() -> list[Any]:
    """Every row that a book consists of, in the database's own words."""
    found = []
    with platform_scope(), connection.cursor() as cursor:
        for table in ("settlement_line", "settlement_batch", "settlement_volume", "ledger_entry"):
            cursor.execute(f"SELECT md5(string_agg(t::text, '|' ORDER BY id)) FROM {table} t")  # noqa: S608
            found.append(cursor.fetchone())
    return found


def test_a_month_is_charged_again_by_the_same_rule_and_nothing_is_written(
    acme: Person, rival: Person, month: FeeVersion
) -> None:
    before = everything()

    rows = what_if(acme.acquirer, month, date(2026, 11, 30), livemode=False)

    # Of acme's November: sales of 60.00, 60.01 and 90.00 by the tiers; a refund of the second.
    # The refund of October's sale stays as it was: 0.31 of 1.01, half of it with the first 30.00.
    with tenant_scope(acme.acquirer.id):
        from settlement.services.fee_plans import terms_of

        terms = terms_of(month)
    wall = ZoneInfo(acme.acquirer.time_zone)
    november = [SALES[1], SALES[2], Sale(-1001, SALES[4].at, of=1, kind="refund"), SALES[5]]
    ruled = charge(
        november, [terms], joined=datetime(2026, 11, 1, tzinfo=wall), zone=acme.acquirer.time_zone,
        vat=[(BEGIN - timedelta(days=60), Fraction(1, 10))],
    )  # fmt: skip
    october = next(line for line in lines_of(acme) if line.gross_minor == -3000)
    fees = sum(-line.fee_minor for line in lines_of(acme)[1:])
    vat = sum(-line.vat_minor for line in lines_of(acme)[1:])
    by_name = {row.merchant_id: row for row in rows}
    assert by_name[acme.merchant.id] == Compared(
        acme.merchant.id, acme.merchant.display_name, "HKD", 5, 21001, fees, vat,
        sum(each.fee for each in ruled) - october.fee_minor,
        sum(each.vat for each in ruled) - october.vat_minor,
    )  # fmt: skip
    assert by_name[rival.merchant.id].proposed_fees == 150
    assert set(by_name) == {acme.merchant.id, rival.merchant.id}
    assert everything() == before
    assert what_if(acme.acquirer, month, date(2026, 12, 1), livemode=False) == []
    assert what_if(acme.acquirer, month, date(2026, 11, 1), livemode=True) == []


def test_the_command_and_the_page_show_the_same(acme: Person, month: FeeVersion) -> None:
    out = StringIO()
    told = {"acquirer": acme.acquirer.slug, "stdout": out}
    call_command(
        "fee_what_if",
        "--month=2026-11",
        plan=month.plan.name,
        merchant=acme.merchant.public_id,
        **told,
    )
    [row] = what_if(
        acme.acquirer, month, date(2026, 11, 1), livemode=False, merchants=[acme.merchant.id]
    )
    proposed = f"HKD {row.proposed_fees / 100:.2f}"
    assert f"{proposed} proposed" in out.getvalue()
    assert "merchants: 1" in out.getvalue()
    for wrong in ({"plan": "No such"}, {"plan": month.plan.name, "merchant": "mer_x"},
                  {"plan": month.plan.name, "number": 9}):  # fmt: skip
        with pytest.raises(CommandError):
            call_command("fee_what_if", "--month=2026-11", **(told | wrong))

    client = signed_in(acme, Role.FINANCE)
    address = "/admin/settlement/feeplan/what-if/"
    assert client.get(address).status_code == 200
    page = client.get(f"{address}?mode=test&month=2026-11&version={month.pk}")
    assert proposed in page.content.decode()
    wrong_month = client.get(f"{address}?mode=test&month=November&version={month.pk}")
    assert wrong_month.status_code == 400
    assert signed_in(acme, Role.SUPPORT).get(address).status_code == 403


def test_anothers_version_cannot_be_asked_for(
    acme: Person, outsider: Person, month: FeeVersion
) -> None:
    page = signed_in(outsider, Role.OWNER).get(
        f"/admin/settlement/feeplan/what-if/?mode=test&month=2026-11&version={month.pk}"
    )

    assert page.status_code == 400
    assert what_if(outsider.acquirer, month, date(2026, 11, 1), livemode=False) != []
    with platform_scope():
        assert FeePlan.objects.filter(acquirer=outsider.acquirer).count() == 0


def load_file(
    person: Person, rows: list[tuple[str, str, int, int]], kind: str = "transaction"
) -> SchemeFile:
    """A file of DAY with rows of kind, our id, amount and fee."""
    with tenant_scope(person.acquirer.id):
        file = SchemeFile.objects.create(
            acquirer=person.acquirer, partner_account=person.partner_account, livemode=False,
            kind=kind, business_date=DAY, name="x", source="upload", size_bytes=1,
            sha256="0" * 64, taken_by="test", state="loaded",
        )  # fmt: skip
        SchemeRow.objects.bulk_create(
            SchemeRow(
                acquirer=person.acquirer, file=file, line=number, kind=kind, own_id=own_id,
                scheme_id=str(number), amount_minor=amount, fee_minor=fee, currency="HKD", at=NOON,
                merchant_name="",
            )
            for number, (kind, own_id, amount, fee) in enumerate(rows)
        )  # fmt: skip
    return file


def test_margin_is_fees_less_what_the_scheme_charges_or_is_expected_to(
    acme: Person, rival: Person
) -> None:
    assign(acme, plan_of(acme, "HKD 1%"))
    sold = [Sale(10000, NOON), Sale(20000, NOON + timedelta(seconds=1)),
            Sale(-5000, NOON + timedelta(seconds=2), of=0, kind="refund")]  # fmt: skip
    first, *_ = book(acme, sold)
    book(rival, [Sale(40000, NOON)])
    settle_at(acme)
    # The file knows the first sale; the others are expected at 0.6 %: 1.20, and 0.30 back.
    load_file(acme, [("PAYMENT", first.hex, 10000, 55), ("CANCEL", "other", 1, 1)])

    def margins() -> list[Margin]:
        return list_margins(acme.acquirer, DAY, DAY, livemode=False)

    unknown = {row.merchant_id: row for row in margins()}
    assert (unknown[acme.merchant.id].cost, unknown[acme.merchant.id].unknown) == (55, 2)
    with tenant_scope(acme.acquirer.id):
        SchemeContract.objects.create(
            acquirer=acme.acquirer, partner_account=acme.partner_account, fee_basis_points=60
        )

    rows = {row.merchant_id: row for row in margins()}

    assert rows[acme.merchant.id] == Margin(
        acme.merchant.id,
        acme.merchant.display_name,
        DAY,
        "HKD",
        30000,
        250,
        55 + 120 - 30,
        0,
        1,
        2,
        0,
    )
    assert rows[acme.merchant.id].margin == 105
    assert (rows[rival.merchant.id].fees, rows[rival.merchant.id].margin) == (0, -240)
    assert list_margins(acme.acquirer, DAY, DAY, livemode=True) == []
    out = StringIO()
    days = {"from": DAY, "to": DAY}
    call_command("fee_margin", acquirer=acme.acquirer.slug, stdout=out, **days)
    assert "HKD 2.50 fees, HKD 1.45 cost, HKD 1.05 margin" in out.getvalue()
    assert "margin: HKD -1.35" in out.getvalue()
    page = signed_in(acme, Role.FINANCE).get(
        f"/admin/settlement/feeplan/margin/?mode=test&first={DAY}&last={DAY}"
    )
    assert "HKD 1.05" in page.content.decode()
    assert "HKD -1.35" in page.content.decode()
    with pytest.raises(ValueError, match="92 days"):
        list_margins(acme.acquirer, DAY, DAY + timedelta(days=92), livemode=False)


def test_the_cost_in_the_margin_is_the_cost_in_the_books(acme: Person, outsider: Person) -> None:
    assign(acme, plan_of(acme, "HKD 1%"))
    sold = [Sale(10000, NOON), Sale(20000, NOON + timedelta(seconds=1)),
            Sale(-5000, NOON + timedelta(seconds=2), of=0, kind="refund"),
            Sale(-20000, NOON + timedelta(seconds=3), of=1, kind="cancel")]  # fmt: skip
    first, second, *_ = book(acme, sold)
    settle_at(acme)
    with tenant_scope(acme.acquirer.id):
        back = Refund.objects.get().partner_refund_id
        Payment.objects.filter(id=second).update(scheme_transaction_id="2026T")
    # The transaction file said 0.60 of the first; what is settled and booked is 0.61.
    load_file(acme, [("PAYMENT", first.hex, 10000, 60)])
    load_file(outsider, [("P", first.hex, 10000, 9)], "settlement")
    file = load_file(
        acme,
        [("P", first.hex, 10000, 61), ("P", second.hex, 20000, 120), ("R", back, 5000, 30),
         ("R", "2026T", 20000, 120)],
        "settlement",
    )  # fmt: skip
    with tenant_scope(acme.acquirer.id):
        reconcile(acme.partner_account, Way.BANK, file.business_date)
        booked = Entry.objects.filter(account__kind="scheme_cost").get().amount_minor

    [row] = list_margins(acme.acquirer, DAY, DAY, livemode=False)

    assert (row.cost, row.settled, row.told, row.expected) == (booked, 4, 0, 0)
    assert booked == 61 - 30
    assert row.margin == row.fees - booked
    assert check_books(acme.acquirer).findings["settlements"] == {"count": 0, "first": []}
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; RESET ROLE")
        cursor.execute("ALTER TABLE settlement_schemerow DISABLE TRIGGER USER")
        cursor.execute("UPDATE settlement_schemerow SET fee_minor = 62 WHERE fee_minor = 61")
    assert check_books(acme.acquirer).findings["settlements"] == {
        "count": 1,
        "first": [f"{file.public_id}: loaded, HKD 5000 less 32, booked 5000 less 31, taken back 0"],
    }
    assert check_books(outsider.acquirer).findings["settlements"]["count"] == 0


def test_the_books_are_charged_again_and_a_wrong_fee_is_found(
    acme: Person, month: FeeVersion
) -> None:
    sound = check_books(acme.acquirer)
    assert sound.findings["rule"]["count"] == 0
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; RESET ROLE")
        cursor.execute(
            "UPDATE settlement_line SET fee_minor = fee_minor - 1, net_minor = net_minor - 1"
            " WHERE id = %s",
            [lines_of(acme)[2].id],
        )

    assert check_books(acme.acquirer).findings["rule"]["count"] == 1
