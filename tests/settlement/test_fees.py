"""Fees: what the statement charges equals the rule, line by line; and the past stays."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel.clock import ManualClock, using_clock
from kernel.errors import Rejected
from kernel.money import Money
from ledger.posting import Leg, Posting, post
from ledger.selectors import list_trial_balance
from settlement.fees.prices import Price, check_prices, read_prices, show_prices
from settlement.fees.terms import Terms
from settlement.fees.words import Returning, Rounding, Tiers
from settlement.models import Batch, FeeAssignment, FeePlan, FeeVersion, Line, Volume
from settlement.services.assign_plan import make_assignment
from settlement.services.check_books import check_books
from settlement.services.fee_plans import change_plan, create_plan
from settlement.services.settle import settle
from settlement.services.vat_rates import Rate, add_vat_rate
from settlement.state import VatTreatment
from tenancy.models import Acquirer
from tenancy.roles import Role
from tenancy.scope import tenant_scope
from tests.factories.tenancy import StaffFactory
from tests.people import Person, make_person
from tests.settlement.conftest import DAY, NOON
from tests.settlement.fee_rule import Charged, Sale, charge

pytestmark = pytest.mark.django_db

BEGIN = datetime(2026, 11, 1, tzinfo=UTC)  # when plans are made and assigned
FIRST = date(2026, 11, 1)
PLAIN = "HKD 0.85% + 0.50"

_PAYMENT = """
INSERT INTO payments_payment (id, acquirer_id, merchant_id, store_id, partner_account_id, livemode,
       scheme, status, created_at, expires_at, completed_at, amount_minor, currency, discount_minor,
       refund_reserved_minor, refunded_minor, merchant_reference, mode, payment_code_masked,
       payment_code_digest, items, metadata, partner_trans_id)
VALUES (%(id)s, %(acquirer)s, %(merchant)s, %(store)s, %(account)s, false, 'alipay', 'succeeded',
        %(at)s, %(at)s, %(at)s, %(minor)s, %(currency)s, 0, 0, 0, %(id)s::text, 'payment_code',
        '2880••••••••••••34', '\\x07', '[]', '{}', replace(%(id)s::text, '-', ''))
"""
_REFUND = """
INSERT INTO payments_refund (id, acquirer_id, merchant_id, payment_id, livemode, status, created_at,
       completed_at, amount_minor, currency, partner_refund_id, is_recorded)
VALUES (%(id)s, %(acquirer)s, %(merchant)s, %(payment)s, false, 'succeeded', %(at)s, %(at)s,
        %(minor)s, %(currency)s, replace(%(id)s::text, '-', ''), false)
"""


def book(person: Person, sales: list[Sale]) -> list[UUID]:
    """Post what happened, each at its time, with the rows that caused it; the payments' ids."""
    payments: list[UUID] = []
    for line in sales:
        told: dict[str, Any] = {
            "id": uuid4(), "acquirer": person.acquirer.id, "merchant": person.merchant.id,
            "store": person.store.id, "account": person.partner_account.id, "at": line.at,
            "minor": abs(line.minor), "currency": line.currency,
        }  # fmt: skip
        payment = told["id"] if line.of is None else payments[line.of]
        kind = {"payment": "payment.succeeded", "cancel": "payment.canceled"}.get(line.kind)
        with using_clock(ManualClock(line.at)), tenant_scope(person.acquirer.id):
            with connection.cursor() as cursor:
                if line.of is None:
                    cursor.execute(_PAYMENT, told)
                elif line.kind == "refund":
                    cursor.execute(_REFUND, told | {"payment": payment})
            post(
                Posting(
                    kind=kind or "refund.succeeded",
                    cause_type="payment" if kind else "refund",
                    cause_id=payment if kind else told["id"],
                    livemode=False,
                    entries=[
                        Leg("scheme_receivable", person.merchant.id, _money(line)),
                        Leg("merchant_payable", person.merchant.id, -_money(line)),
                    ],
                )
            )
        payments.append(payment)
    return payments


def _money(line: Sale) -> Money:
    return Money(line.minor, line.currency)


def plan_of(
    person: Person, prices: str = PLAIN, *, starts_on: date = FIRST, **terms: Any
) -> FeePlan:
    """A plan that started on the first of the month."""
    said = Terms(starts_on, read_prices(prices), **terms)
    with using_clock(ManualClock(BEGIN)):
        return create_plan(person.acquirer, f"Plan {uuid4()}", said, made_by="staff:ada").plan


def assign(
    person: Person, plan: FeePlan | None, day: date = FIRST, *, at: datetime = BEGIN
) -> FeeAssignment:
    with using_clock(ManualClock(at)), tenant_scope(person.acquirer.id):
        return make_assignment(person.merchant, plan, day, made_by="staff:ada")


def settle_at(person: Person, day: date = DAY) -> Batch:
    with using_clock(ManualClock(NOON + (day - DAY) + timedelta(days=1))):
        settled = settle(person.acquirer, day, livemode=False)
    with tenant_scope(person.acquirer.id):
        return Batch.objects.get(pk__in=settled.batches, merchant=person.merchant)


def lines_of(person: Person) -> list[Line]:
    """In the order of settlement."""
    with tenant_scope(person.acquirer.id):
        rows = Line.objects.filter(merchant=person.merchant)
        return list(rows.order_by("batch__business_date", "booked_at", "entry_id"))


def charged(person: Person) -> list[Charged]:
    """What the books say that each line cost."""
    with tenant_scope(person.acquirer.id):
        numbers = dict(FeeVersion.objects.values_list("id", "number"))
    return [
        Charged(
            -line.fee_minor,
            -line.vat_minor,
            None if line.fee_version_id is None else numbers[line.fee_version_id] - 1,
        )
        for line in lines_of(person)
    ]


def test_each_line_is_charged_and_names_its_version(acme: Person, rival: Person) -> None:
    plan = plan_of(acme)
    assign(acme, plan)
    book(acme, [Sale(12050, NOON), Sale(700, NOON + timedelta(seconds=1))])
    book(rival, [Sale(12050, NOON)])
    with using_clock(ManualClock(BEGIN)):
        rate = add_vat_rate(acme.acquirer, Rate(acme.merchant.country, Decimal(600), FIRST),
                            made_by="staff:ada")  # fmt: skip

    batch = settle_at(acme)

    # 0.85 % of 120.50 is 1.02425, and 0.50: 1.52; of 7.00 it is 0.0595, and 0.50: 0.56.
    assert [(line.fee_minor, line.vat_minor, line.net_minor) for line in lines_of(acme)] == [
        (-152, -9, 11889),
        (-56, -3, 641),
    ]
    assert {line.vat_rate_id for line in lines_of(acme)} == {rate.id}
    assert (batch.fees_minor, batch.vat_minor, batch.closing_minor) == (-208, -12, 12530)
    with tenant_scope(acme.acquirer.id):
        assert {line.fee_version_id for line in lines_of(acme)} == {plan.versions.get().id}
    assert [(line.fee_minor, line.fee_version_id) for line in lines_of(rival)] == [(0, None)]


REFUNDED = [
    Sale(10001, NOON),
    Sale(-3333, NOON + timedelta(seconds=1), of=0, kind="refund"),
    Sale(-3333, NOON + timedelta(seconds=2), of=0, kind="refund"),
    Sale(-3335, NOON + timedelta(days=1), of=0, kind="refund"),
]


@pytest.mark.parametrize(
    ("on_refund", "fees"),
    [(Returning.RETURNED, [-135, 45, 45, 45]), (Returning.KEPT, [-135, 0, 0, 0])],
)
def test_a_fee_goes_back_with_the_refunds_to_the_cent_or_is_kept(
    acme: Person, on_refund: Returning, fees: list[int]
) -> None:
    assign(acme, plan_of(acme, on_refund=on_refund))
    book(acme, REFUNDED)

    settle_at(acme)
    settle_at(acme, DAY + timedelta(days=1))

    assert [line.fee_minor for line in lines_of(acme)] == fees
    assert len({line.fee_version_id for line in lines_of(acme)}) == 1


@pytest.mark.parametrize(("on_cancel", "back"), [("returned", 135), ("kept", 0)])
@pytest.mark.parametrize("days", [0, 1])
def test_a_cancel_returns_the_whole_fee_or_none(
    acme: Person, on_cancel: str, back: int, days: int
) -> None:
    assign(acme, plan_of(acme, on_cancel=Returning(on_cancel)))
    later = NOON + timedelta(days=days, seconds=1)
    book(acme, [Sale(10001, NOON), Sale(-10001, later, of=0, kind="cancel")])

    settle_at(acme)
    if days:
        settle_at(acme, DAY + timedelta(days=1))

    assert [line.fee_minor for line in lines_of(acme)] == [-135, back]


def test_a_sale_before_the_plan_costs_nothing_and_its_refund_returns_nothing(acme: Person) -> None:
    midnight = datetime(2026, 11, 18, tzinfo=ZoneInfo("Asia/Hong_Kong"))
    second = timedelta(seconds=1)
    with using_clock(ManualClock(NOON - timedelta(days=2))):
        assign(acme, plan_of(acme), DAY)
    book(
        acme,
        [
            Sale(10000, midnight - second),
            Sale(10000, midnight),
            Sale(-10000, midnight + second, of=0, kind="refund"),
        ],
    )

    settle_at(acme)

    assert [line.fee_minor for line in lines_of(acme)] == [0, -135, 0]


@pytest.mark.parametrize(
    ("tiers", "fees"),
    # 1 % up to 100.00 of volume, then 0.5 %: sales of 60.00, 60.00, 60.00.
    [(Tiers.MARGINAL, [-60, -50, -30]), (Tiers.WHOLE, [-60, -60, -30])],
)
def test_tiers_price_the_months_volume_also_across_batches(
    acme: Person, tiers: Tiers, fees: list[int]
) -> None:
    assign(acme, plan_of(acme, "HKD 1%\nHKD above 100.00: 0.5%", tiers=tiers))
    book(acme, [Sale(6000, NOON), Sale(6000, NOON + timedelta(hours=1))])
    settle_at(acme)
    book(acme, [Sale(6000, NOON + timedelta(days=1))])
    settle_at(acme, DAY + timedelta(days=1))

    assert [line.fee_minor for line in lines_of(acme)] == fees
    with tenant_scope(acme.acquirer.id):
        volumes = Volume.objects.order_by("id").values_list("month", "sales_minor")
        assert list(volumes) == [(FIRST, 12000), (FIRST, 6000)]


def test_a_month_begins_at_midnight_in_the_acquirers_zone(acme: Person) -> None:
    assign(acme, plan_of(acme, "HKD 1%\nHKD above 50.00: 0.5%"))
    december = datetime(2026, 12, 1, tzinfo=ZoneInfo("Asia/Hong_Kong"))
    book(acme, [Sale(6000, december - timedelta(seconds=1)), Sale(6000, december)])

    settle_at(acme, date(2026, 11, 30))
    settle_at(acme, date(2026, 12, 1))

    assert [line.fee_minor for line in lines_of(acme)] == [-55, -55]


@pytest.mark.parametrize(
    ("rounding", "fees"),
    [("half_up", [-1, -2]), ("half_even", [0, -2]), ("up", [-1, -2]), ("down", [0, -1])],
)
def test_rounding_has_a_name(acme: Person, rounding: str, fees: list[int]) -> None:
    assign(acme, plan_of(acme, "HKD 1%", rounding=Rounding(rounding)))
    book(acme, [Sale(50, NOON), Sale(150, NOON + timedelta(seconds=1))])

    settle_at(acme)

    assert [line.fee_minor for line in lines_of(acme)] == fees


def test_promotions_stand_before_the_price_for_as_long_as_they_last(acme: Person) -> None:
    prices = "HKD 1%\nHKD first 5 days 0.1%\nHKD from 2026-11-03 to 2026-11-03 0%"
    assign(acme, plan_of(acme, prices))
    zone = ZoneInfo("Asia/Hong_Kong")
    at = [datetime(2026, 11, day, 12, tzinfo=zone) for day in (2, 3, 4, 5, 6)]
    book(acme, [Sale(10000, each) for each in at])

    settle_at(acme)

    assert [line.fee_minor for line in lines_of(acme)] == [-10, 0, -10, -10, -100]


def reduce(person: Person, payment: UUID, borne: int, kind: str, *, at: datetime) -> None:
    """Post what the acquirer bears of the payment's price, as the payment does."""
    legs = [("promotion_cost", borne), ("merchant_payable", -borne)]
    with using_clock(ManualClock(at)), tenant_scope(person.acquirer.id):
        post(
            Posting(
                kind, "payment" if kind == "promotion.granted" else "refund", payment, False,
                [Leg(account, person.merchant.id, Money(minor, "HKD")) for account, minor in legs],
            )
        )  # fmt: skip


def test_what_the_acquirer_bears_of_a_price_costs_no_fee_and_is_no_volume(
    acme: Person, rival: Person
) -> None:
    for person in (acme, rival):
        assign(person, plan_of(person, "HKD 1% + 0.50\nHKD above 100.00: 2%"))
    sold = [Sale(8000, NOON), Sale(2000, NOON + timedelta(seconds=2)),
            Sale(-4000, NOON + timedelta(seconds=3), of=0, kind="refund")]  # fmt: skip
    first, *_ = book(acme, sold)
    book(rival, sold)
    # A coupon of 20.00 at the acquirer's cost: the customer paid 80.00, the till ordered 100.00.
    reduce(acme, first, 2000, "promotion.granted", at=NOON + timedelta(seconds=1))
    reduce(acme, first, -1000, "promotion.returned", at=NOON + timedelta(seconds=4))

    batch = settle_at(acme)

    lines = [(line.kind, line.gross_minor, line.fee_minor, line.vat_minor, line.fee_version_id)
             for line in lines_of(acme)]  # fmt: skip
    version = lines[0][4]
    assert version is not None
    assert lines == [
        ("payment", 8000, -130, 0, version),
        ("promotion", 2000, 0, 0, None),
        ("payment", 2000, -70, 0, version),  # the month's volume is 80.00, not 100.00
        ("refund", -4000, 65, 0, version),
        ("promotion", -1000, 0, 0, None),
    ]
    with tenant_scope(acme.acquirer.id):
        rivals = Batch.objects.get(merchant=rival.merchant)
        volume = Volume.objects.get(batch=batch).sales_minor
    assert (batch.promotions_minor, batch.fees_minor) == (1000, rivals.fees_minor)
    assert (batch.closing_minor - rivals.closing_minor, volume) == (1000, 10000)
    findings = check_books(acme.acquirer).findings
    assert {name: findings[name]["count"] for name in ("fees", "rule", "owed", "volumes")} == {
        "fees": 0, "rule": 0, "owed": 0, "volumes": 0,
    }  # fmt: skip


def test_a_schemes_own_price_stands_before_that_of_any(acme: Person, rival: Person) -> None:
    assign(acme, plan_of(acme, "HKD 1%\nalipay HKD 0.5%"))
    assign(rival, plan_of(rival, "HKD 1%"))
    for person in (acme, rival):
        book(person, [Sale(10000, NOON)])

    settle_at(acme)

    assert [line.fee_minor for line in lines_of(acme)] == [-50]
    assert [line.fee_minor for line in lines_of(rival)] == [-100]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "at least one price"),
        ("HKD", "Line 1"),
        ("HKD 1%\nHKD 2%", "Twice the same"),
        ("HKD above 5.00: 1%", "without the price below"),
        ("HKD 1% + 0.005", "more than 2 decimals"),
        ("JPY 1% + 0.5", "more than 0 decimals"),
        ("XXY 1%", "Line 1"),
        ("wechat HKD 1%", "no scheme is called wechat"),
        ("HKD 100.01%", "more than 100 %"),
        ("HKD 1.0000001%", "Line 1"),
        ("HKD 0.00005bp", "at most four decimals"),
        ("HKD 1% min 2.00 max 1.00", "min is above max"),
        ("HKD from 2026-12-02 to 2026-12-01 1%", "ends before it begins"),
        ("HKD from 2026-02-30 to 2026-12-01 1%", "no such day"),
        ("HKD first 0 days 1%", "1 to 730 days"),
        (
            "HKD 1%\nHKD from 2026-12-01 to 2026-12-05 0%\nHKD from 2026-12-05 to 2026-12-09 1%",
            "overlap on 2026-12-05",
        ),
        ("HKD first 5 days 0%\nHKD first 9 days 1%", "Two promotions for newcomers"),
        ("\n".join(f"HKD above {each}.00: 1%" for each in range(201)), "at most 200"),
    ],
)
def test_prices_that_cannot_be_are_refused_with_their_line(text: str, why: str) -> None:
    with pytest.raises(Rejected) as refused:
        check_prices(read_prices(text))

    assert why in refused.value.errors[0].message


def test_basis_points_may_have_decimals() -> None:
    [price] = read_prices("alipay  HKD 85.1234 bp + 0.50 min 1.00, max 50")

    assert str(price) == "alipay HKD 0.851234% + 0.50, min 1.00, max 50.00"
    assert (price.basis_points, price.minimum, price.maximum) == (Decimal("85.1234"), 100, 5000)


def test_a_change_is_a_new_version_and_never_touches_the_past(acme: Person) -> None:
    plan = plan_of(acme)
    staff = StaffFactory(acquirer=acme.acquirer, role=Role.FINANCE)
    dearer = Terms(DAY + timedelta(days=1), read_prices("HKD 2%"))
    today = Terms(DAY, dearer.prices)
    with using_clock(ManualClock(NOON)):
        with pytest.raises(Rejected, match="starts_on"):
            change_plan(staff, plan, today, reason="Dearer.")
        changed = change_plan(staff, plan, dearer, reason="Dearer.")
        with pytest.raises(Rejected, match="starts_on"):
            assign(acme, plan, DAY - timedelta(days=1), at=NOON)
    assert isinstance(changed, FeeVersion)
    assign(acme, plan, DAY, at=NOON)
    book(acme, [Sale(10000, NOON), Sale(10000, NOON + timedelta(days=1))])

    settle_at(acme)
    settle_at(acme, DAY + timedelta(days=1))

    assert [line.fee_minor for line in lines_of(acme)] == [-135, -200]
    assert [line.fee_version_id for line in lines_of(acme)][1] == changed.id


@pytest.mark.parametrize("table", ["feeversion", "feeprice", "feeassignment", "vatrate", "volume"])
@pytest.mark.parametrize("owner", [True, False])
def test_what_fees_are_made_of_is_appended_to_and_never_edited(
    acme: Person, table: str, owner: bool
) -> None:
    assign(acme, plan_of(acme))
    with using_clock(ManualClock(BEGIN)):
        add_vat_rate(acme.acquirer, Rate("HK", Decimal(0), FIRST), made_by="staff:ada")
    book(acme, [Sale(10000, NOON)])
    settle_at(acme)

    for change in ("UPDATE settlement_{} SET id = id", "DELETE FROM settlement_{}"):
        with tenant_scope(acme.acquirer.id), connection.cursor() as cursor:
            if owner:
                cursor.execute("RESET ROLE")
            refused = pytest.raises(DatabaseError, match=r"never edited|permission denied")
            with refused, transaction.atomic():
                cursor.execute(change.format(table))


@pytest.mark.parametrize("table", ["feeversion", "feeassignment"])
def test_the_database_refuses_what_would_start_in_the_past(acme: Person, table: str) -> None:
    plan = plan_of(acme)
    row = assign(acme, plan)
    with tenant_scope(acme.acquirer.id):
        version = plan.versions.get()
        again: Any = version if table == "feeversion" else row
        again.pk, again._state.adding, again.created_at = uuid4(), True, NOON
        if table == "feeversion":
            again.number = 2
        with pytest.raises(DatabaseError, match="leaves_the_past_alone"), transaction.atomic():
            again.save(force_insert=True)


def test_a_rate_of_vat_starts_tomorrow_once_there_is_one_and_only_the_taxed_pay(
    acme: Person, outsider: Person
) -> None:
    with using_clock(ManualClock(NOON)):
        add = lambda person, *said: add_vat_rate(person.acquirer, Rate(*said), made_by="staff:a")  # noqa: E731
        add(acme, "HK", Decimal(500), FIRST)
        add(outsider, "HK", Decimal(700), FIRST)
        with pytest.raises(Rejected, match="starts_on"):
            add(acme, "HK", Decimal(600), DAY)
        with pytest.raises(Rejected, match="basis_points"):
            add(acme, "FR", Decimal(600), DAY, VatTreatment.EXEMPT)
        add(acme, "HK", Decimal(600), DAY + timedelta(days=1))
        add(acme, "FR", Decimal(0), DAY, VatTreatment.REVERSE_CHARGE, "Art. 196")


def test_the_fees_and_the_vat_of_a_batch_stand_in_the_books(acme: Person) -> None:
    assign(acme, plan_of(acme))
    with using_clock(ManualClock(BEGIN)):
        add_vat_rate(acme.acquirer, Rate(acme.merchant.country, Decimal(600), FIRST),
                     made_by="staff:ada")  # fmt: skip
    book(acme, [Sale(12050, NOON)])
    settle_at(acme)

    with tenant_scope(acme.acquirer.id):
        books = {line.kind: line.balance_minor for line in list_trial_balance(livemode=False)}
    assert {name: minor for name, minor in books.items() if minor} == {
        "scheme_receivable": 12050,
        "fee_income": -152,
        "output_vat": -9,
        "merchant_available": -11889,
    }


ZONES = ("Asia/Hong_Kong", "Europe/Paris", "America/New_York")
_RATES = st.decimals(0, 300, places=4).map(lambda rate: rate.quantize(Decimal("0.0001")))


@st.composite
def _terms(draw: Callable[..., Any], starts_on: date) -> Terms:
    prices: list[Price] = []
    for currency in draw(st.sets(st.sampled_from(["HKD", "JPY", "KWD"]), min_size=1)):
        for change in (
            {},
            {"first_days": draw(st.integers(1, 20))},
            {"first_day": date(2026, 11, 25), "last_day": date(2026, 12, 2)},
        ):
            if change and draw(st.booleans()):
                continue
            above = [0, *sorted(draw(st.sets(st.integers(1, 300_000), max_size=3)))]
            low, high = sorted(draw(st.tuples(st.integers(0, 500), st.integers(0, 5000))))
            prices += [
                Price(
                    currency, draw(_RATES), fixed=draw(st.integers(0, 100)), above=each,
                    minimum=draw(st.sampled_from([None, low])),
                    maximum=draw(st.sampled_from([None, high])), **change,
                )
                for each in above
            ]  # fmt: skip
    check_prices(prices)
    assert read_prices(show_prices(prices)) == prices
    return Terms(
        starts_on,
        prices,
        draw(st.sampled_from(Tiers)),
        draw(st.sampled_from(Rounding)),
        draw(st.sampled_from(Returning)),
        draw(st.sampled_from(Returning)),
    )


@st.composite
def _histories(draw: Callable[..., Any]) -> list[Sale]:
    """Sales of a few weeks, and money back of some of them, in the order of time."""
    at = datetime(2026, 11, 20, tzinfo=UTC)
    sales: list[Sale] = []
    left: dict[int, int] = {}
    for _ in range(draw(st.integers(1, 14))):
        at += timedelta(seconds=draw(st.integers(1, 200_000)))
        back = sorted(number for number, minor in left.items() if minor)
        if back and draw(st.integers(0, 2)) == 0:
            of = draw(st.sampled_from(back))
            whole = left[of] == sales[of].minor
            cancel = whole and draw(st.booleans())
            minor = left[of] if cancel else draw(st.integers(1, left[of]))
            left[of] = 0 if cancel else left[of] - minor
            kind = "cancel" if cancel else "refund"
            sales.append(Sale(-minor, at, sales[of].currency, of, kind))
        else:
            minor = draw(st.integers(1, 200_000))
            left[len(sales)] = minor
            sales.append(Sale(minor, at, draw(st.sampled_from(["HKD", "JPY", "KWD"]))))
    return sales


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data(), sales=_histories(), zone=st.sampled_from(ZONES))
def test_what_is_charged_is_the_rule(acme: Person, data: Any, sales: list[Sale], zone: str) -> None:
    person = make_person()
    Acquirer.objects.filter(pk=person.acquirer.pk).update(time_zone=zone)
    person.acquirer.refresh_from_db()
    person.merchant.acquirer.refresh_from_db()
    versions = [data.draw(_terms(FIRST)), data.draw(_terms(date(2026, 11, 28)))]
    with using_clock(ManualClock(BEGIN)):
        plan = create_plan(person.acquirer, "Plan", versions[0], made_by="staff:ada").plan
        with tenant_scope(person.acquirer.id), transaction.atomic():
            append(plan, versions[1])
        rates = [(FIRST, Decimal(725)), (date(2026, 11, 24), Decimal(1900))]
        for day, points in rates:
            add_vat_rate(person.acquirer, Rate(person.merchant.country, points, day),
                         made_by="staff:ada")  # fmt: skip
        joins_on = data.draw(st.sampled_from([date(2026, 11, 20), date(2026, 11, 23)]))
        assign(person, plan, joins_on)
    book(person, sales)

    days = sorted({sale.at.astimezone(ZoneInfo("Asia/Shanghai")).date() for sale in sales})
    for day in dict.fromkeys(days[::2] + days[-1:]):
        with using_clock(ManualClock(datetime(2027, 2, 1, tzinfo=UTC))):
            settle(person.acquirer, day, livemode=False)

    wall = ZoneInfo(zone)
    expected = charge(
        sales,
        versions,
        joined=datetime(joins_on.year, joins_on.month, joins_on.day, tzinfo=wall),
        zone=zone,
        vat=[
            (datetime(day.year, day.month, day.day, tzinfo=wall), Fraction(points) / 10_000)
            for day, points in rates
        ],
    )
    assert charged(person) == expected
    with tenant_scope(person.acquirer.id):
        for batch in Batch.objects.filter(merchant=person.merchant):
            lines = batch.lines.all()
            assert batch.fees_minor == sum(line.fee_minor for line in lines)
            assert batch.vat_minor == sum(line.vat_minor for line in lines)


def append(plan: FeePlan, terms: Terms) -> FeeVersion:
    from settlement.services import fee_plans

    return fee_plans._append(plan, terms, made_by="staff:ada")
