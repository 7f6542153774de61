"""Adjustments: one person below the limit, two above it; posted once, and settled as a line."""

from datetime import date
from uuid import uuid4

import pytest
from django.db import DatabaseError
from django.test import Client

from kernel.clock import ManualClock, using_clock
from kernel.errors import Conflict, Forbidden, Rejected
from kernel.money import Money
from ledger.models import Account, Entry
from ledger.selectors import get_balance
from payments.models import Payment
from proposals.models import Proposal
from proposals.services.decide import approve
from proposals.state import Status
from settlement.models import Adjustment, Batch, Line
from settlement.services.adjust import Wanted, adjust
from settlement.services.settle import settle
from tenancy.models import Staff
from tenancy.roles import Role
from tenancy.scope import tenant_scope
from tests.factories.tenancy import PASSWORD, StaffFactory
from tests.people import Person
from tests.settlement.conftest import DAY, NOON, Earn
from tests.tenancy.rows import make_row

pytestmark = pytest.mark.django_db

FRIDAY = date(2026, 11, 13)


def staff_of(person: Person, role: Role = Role.FINANCE) -> Staff:
    staff: Staff = StaffFactory(acquirer=person.acquirer, role=role)
    return staff


def wanted(minor: int, **said: object) -> Wanted:
    facts = {
        "key": uuid4(),
        "amount": Money(minor, "HKD"),
        "livemode": False,
        "reason": "The fee of Friday was charged twice.",
    }
    return Wanted(**(facts | said))  # type: ignore[arg-type]


def payable(person: Person) -> int:
    account = Account.objects.filter(
        kind="merchant_payable", merchant_id=person.merchant.id, livemode=False
    ).first()
    return 0 if account is None else get_balance(account)


def test_below_the_limit_one_person_gives_money_and_it_is_owed_at_once(acme: Person) -> None:
    staff = staff_of(acme)

    made = adjust(staff, acme.merchant, wanted(12050))

    assert isinstance(made, Adjustment)
    assert (made.made_by, made.approved_by) == (f"staff:{staff.email}", "")
    with tenant_scope(acme.acquirer.id):
        assert payable(acme) == -12050
        entries = Entry.objects.filter(transaction__cause_id=made.id).order_by("amount_minor")
        assert [(row.account.kind, row.amount_minor) for row in entries] == [
            ("merchant_payable", -12050),
            ("adjustment", 12050),
        ]


def test_money_is_taken_back_the_other_way(acme: Person) -> None:
    adjust(staff_of(acme), acme.merchant, wanted(-500))

    with tenant_scope(acme.acquirer.id):
        assert payable(acme) == 500


@pytest.mark.parametrize("minor", [800_001, -800_001])
def test_above_the_limit_nothing_moves_until_another_person_approves(
    acme: Person, minor: int
) -> None:
    first, second = staff_of(acme), staff_of(acme, Role.OWNER)

    proposal = adjust(first, acme.merchant, wanted(minor))

    assert isinstance(proposal, Proposal)
    with tenant_scope(acme.acquirer.id):
        assert (payable(acme), Adjustment.objects.count()) == (0, 0)
        with pytest.raises(Forbidden, match="another person"):
            approve(proposal.id, staff=first)
        assert payable(acme) == 0

        decision = approve(proposal.id, staff=second)

        assert decision.proposal.status == Status.APPROVED
        [row] = Adjustment.objects.all()
        assert decision.proposal.result == row.public_id == proposal.subject
        assert (row.made_by, row.approved_by) == (
            f"staff:{first.email}",
            f"staff:{second.email}",
        )
        assert payable(acme) == -minor


def test_the_limit_itself_needs_one_person(acme: Person) -> None:
    assert isinstance(adjust(staff_of(acme), acme.merchant, wanted(800_000)), Adjustment)


def test_a_second_click_does_nothing(acme: Person) -> None:
    staff, same = staff_of(acme), wanted(100)
    adjust(staff, acme.merchant, same)

    with pytest.raises(Conflict) as refused:
        adjust(staff, acme.merchant, same)

    assert refused.value.code == "already_adjusted"
    with tenant_scope(acme.acquirer.id):
        assert payable(acme) == -100


def test_what_cannot_be_is_refused_and_nothing_moves(acme: Person, rival: Person) -> None:
    staff = staff_of(acme)
    own, foreign = make_row(Payment, acme), uuid4()
    for fault, order in (
        ("amount", wanted(0)),
        ("reason", wanted(5, reason="  ")),
        ("payment", wanted(5, payment_id=foreign)),
        ("payment", wanted(5, payment_id=own.id, livemode=not own.livemode)),
        ("payment", wanted(5, payment_id=own.id, amount=Money(5, "JPY"))),
    ):
        with pytest.raises(Rejected) as refused:
            adjust(staff, acme.merchant, order)
        assert [each.field for each in refused.value.errors] == [fault]

    with pytest.raises(Rejected):  # the payment is another merchant's
        adjust(staff_of(acme), rival.merchant, wanted(5, payment_id=own.id))
    with pytest.raises(Forbidden):
        adjust(staff_of(acme, Role.SUPPORT), acme.merchant, wanted(5))
    with tenant_scope(acme.acquirer.id):
        assert (payable(acme), Adjustment.objects.count()) == (0, 0)


def test_the_next_batch_takes_it_as_a_line_that_says_where_it_belongs(
    acme: Person, rival: Person, earn: Earn, clock: ManualClock
) -> None:
    payment = make_row(Payment, acme)
    earn(acme, 10_000)
    with using_clock(ManualClock(NOON)):
        said = wanted(-700, business_date=FRIDAY, payment_id=payment.id)
        adjust(staff_of(acme), acme.merchant, said)
        adjust(staff_of(acme), acme.merchant, wanted(50))
        adjust(staff_of(rival), rival.merchant, wanted(9))

    settle(acme.acquirer, DAY, livemode=False)

    with tenant_scope(acme.acquirer.id):
        batch = Batch.objects.get(merchant=acme.merchant)
        lines = Line.objects.filter(batch=batch, kind="adjustment").order_by("gross_minor")
        assert [(row.gross_minor, row.business_date, row.payment_id) for row in lines] == [
            (-700, FRIDAY, payment.id),
            (50, DAY, None),
        ]
        assert [row.fee_minor for row in lines] == [0, 0]
        assert (batch.sales_minor, batch.adjustments_minor, batch.closing_minor) == (
            10_000, -650, 9_350,
        )  # fmt: skip


def test_an_adjustment_is_never_edited(acme: Person) -> None:
    made = adjust(staff_of(acme), acme.merchant, wanted(100))
    with tenant_scope(acme.acquirer.id), pytest.raises(DatabaseError, match="permission denied"):
        Adjustment.objects.filter(pk=made.pk).update(amount_minor=5)


FORM = {
    "direction": "take", "mode": "test", "currency": "hkd", "amount": "7.50", "payment": "",
    "business_date": "2026-11-13", "reason": "Paid out twice.", "key": str(uuid4()),
}  # fmt: skip


def signed_in(person: Person, role: Role) -> Client:
    client = Client()
    assert client.login(username=staff_of(person, role).email, password=PASSWORD)
    return client


def test_finance_adjusts_on_the_merchants_page(acme: Person, outsider: Person) -> None:
    client = signed_in(acme, Role.FINANCE)
    page = f"/admin/merchants/merchant/{acme.merchant.pk}/act/adjust/"
    assert "Adjust its money" in client.get(page).content.decode()

    answer = client.post(page, FORM)

    assert answer.status_code == 302, answer.context["form"].errors
    with tenant_scope(acme.acquirer.id):
        [row] = Adjustment.objects.all()
    assert (row.amount_minor, row.business_date, row.reason) == (-750, FRIDAY, "Paid out twice.")
    shown = client.get(f"/admin/settlement/adjustment/{row.pk}/change/").content.decode()
    for text in ("HKD -7.50", "Paid out twice.", "merchant_payable", "HKD 7.50"):
        assert text in shown
    foreign = f"/admin/merchants/merchant/{outsider.merchant.pk}/act/adjust/"
    assert client.post(foreign, FORM).status_code == 404


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("amount", "7.505"),
        ("amount", "0"),
        ("currency", "XQZ"),
        ("payment", "pay_1"),
        ("reason", ""),
    ],
)
def test_a_faulty_form_posts_nothing(acme: Person, field: str, said: str) -> None:
    page = f"/admin/merchants/merchant/{acme.merchant.pk}/act/adjust/"

    answer = signed_in(acme, Role.OWNER).post(page, FORM | {field: said})

    assert answer.status_code == 400
    assert answer.context["form"].errors
    with tenant_scope(acme.acquirer.id):
        assert Adjustment.objects.count() == 0


def test_support_finds_no_such_button(acme: Person) -> None:
    page = f"/admin/merchants/merchant/{acme.merchant.pk}/act/adjust/"
    assert signed_in(acme, Role.SUPPORT).post(page, FORM).status_code == 403


def test_a_key_lists_its_merchants_adjustments_and_nobody_elses(
    acme: Person, rival: Person, outsider: Person
) -> None:
    payment = make_row(Payment, acme)
    adjust(staff_of(acme), acme.merchant, wanted(-750, business_date=FRIDAY, payment_id=payment.id))
    adjust(staff_of(acme), acme.merchant, wanted(5, livemode=True))
    adjust(staff_of(rival), rival.merchant, wanted(6))
    adjust(staff_of(outsider), outsider.merchant, wanted(7))

    [shown] = acme.client().get("/v1/adjustments").json()["data"]

    assert (shown["amount"], shown["currency"], shown["livemode"]) == (-750, "HKD", False)
    assert (shown["payment"], shown["business_date"]) == (payment.public_id, "2026-11-13")
    assert shown["reason"] == "The fee of Friday was charged twice."
    assert acme.client().get("/v1/adjustments", {"currency": "USD"}).json()["data"] == []
