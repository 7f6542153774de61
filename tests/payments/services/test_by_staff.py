"""What staff do at the console: the API's services, in their own name, within their role."""

from collections.abc import Callable

import pytest

from events.models import Event
from kernel.clock import ManualClock
from kernel.errors import Conflict, Forbidden, Rejected
from kernel.money import Money
from payments.models import Break, Payment, Refund, Transition
from payments.services.apply import apply_event
from payments.services.caller import caller_for
from payments.services.cancel import cancel_payment
from payments.services.query import query_now
from payments.services.resolve import resolve_by_staff
from payments.services.staff_refund import refund_by_staff
from payments.state import Event as News
from proposals.models import Proposal
from proposals.services.decide import approve
from tenancy.models import Staff
from tenancy.roles import Role
from tenancy.scope import tenant_scope
from tests.factories.tenancy import StaffFactory
from tests.fakes import GIVEN_BACK_BY_CANCEL, PAID, REFUNDED, SILENCE, FakeScheme
from tests.payments.conftest import reread
from tests.people import Person

pytestmark = pytest.mark.django_db
Pay = Callable[..., Payment]
ABOVE = 10_000_000  # 100,000.00 HKD


@pytest.fixture
def clerk(acme: Person) -> Staff:
    return StaffFactory(acquirer=acme.acquirer, role=Role.OPERATIONS, email="ann@bank.example")


@pytest.fixture
def finance(acme: Person) -> Staff:
    return StaffFactory(acquirer=acme.acquirer, role=Role.FINANCE)


@pytest.fixture
def support(acme: Person) -> Staff:
    return StaffFactory(acquirer=acme.acquirer, role=Role.SUPPORT)


def refunds(payment: Payment) -> list[Refund]:
    with tenant_scope(payment.acquirer_id):
        return list(Refund.objects.filter(payment=payment).order_by("id"))


def test_staff_refund_in_their_own_name(pay: Pay, scheme: FakeScheme, clerk: Staff) -> None:
    scheme.will("pay", PAID)
    scheme.will("refund", REFUNDED)
    payment = pay()

    made = refund_by_staff(clerk, payment, amount_minor=2000, reason="cold tea")

    assert isinstance(made, Refund)
    kept = refunds(payment)[0]
    assert (kept.amount_minor, kept.status) == (2000, "succeeded")
    assert (kept.created_by, kept.reason) == ("staff:ann@bank.example", "cold tea")
    assert reread(payment).refunded_minor == 2000


@pytest.mark.parametrize(
    "act",
    [
        lambda who, payment: refund_by_staff(who, payment, amount_minor=None, reason="cold tea"),
        lambda who, payment: caller_for(who, payment, "payments.cancel_payment"),
        query_now,
    ],
)
def test_a_role_that_may_not_moves_nothing(
    pay: Pay, scheme: FakeScheme, support: Staff, act: Callable[[Staff, Payment], object]
) -> None:
    scheme.will("pay", PAID)
    payment = pay()

    with pytest.raises(Forbidden, match="role_not_allowed"):
        act(support, payment)

    assert refunds(payment) == []
    assert scheme.kinds() == ["pay"]


def test_a_refund_above_the_limit_waits_for_a_second_person_and_is_made_once(
    pay: Pay,
    scheme: FakeScheme,
    clerk: Staff,
    finance: Staff,
    django_capture_on_commit_callbacks: Callable[..., object],
) -> None:
    scheme.will("pay", PAID)
    scheme.will("refund", REFUNDED)
    payment = pay(amount=_hkd(ABOVE))

    proposal = refund_by_staff(clerk, payment, amount_minor=ABOVE, reason="order withdrawn")

    assert isinstance(proposal, Proposal)
    assert refunds(payment) == []
    assert proposal.before["given back"] == "HKD 0.00"
    assert proposal.after == {"given back": "HKD 100000.00"}
    with (
        django_capture_on_commit_callbacks(execute=True),  # type: ignore[attr-defined]
        tenant_scope(payment.acquirer_id),
    ):
        decided = approve(proposal.id, staff=finance).proposal
    made = refunds(payment)
    assert [(refund.amount_minor, refund.status) for refund in made] == [(ABOVE, "succeeded")]
    assert made[0].created_by == "staff:ann@bank.example"
    assert (decided.status, decided.result) == ("approved", made[0].public_id)


def test_a_proposed_refund_is_stale_once_something_was_given_back(
    pay: Pay, scheme: FakeScheme, clerk: Staff, finance: Staff
) -> None:
    scheme.will("pay", PAID)
    scheme.will("refund", REFUNDED)
    payment = pay(amount=_hkd(ABOVE))
    proposal = refund_by_staff(clerk, payment, amount_minor=ABOVE - 100, reason="order withdrawn")
    refund_by_staff(clerk, payment, amount_minor=50, reason="cold tea")

    with tenant_scope(payment.acquirer_id):
        decided = approve(proposal.id, staff=finance).proposal

    assert (decided.status, decided.is_stale) == ("refused", True)
    assert (decided.found or {})["given back"] == "HKD 0.50"
    assert [refund.amount_minor for refund in refunds(payment)] == [50]


def test_more_than_is_left_is_refused_before_anybody_is_asked(
    pay: Pay, scheme: FakeScheme, clerk: Staff
) -> None:
    scheme.will("pay", PAID)
    payment = pay()

    with pytest.raises(Conflict, match="refund_exceeds_payment"):
        refund_by_staff(clerk, payment, amount_minor=12051, reason="cold tea")
    with pytest.raises(Rejected):
        refund_by_staff(clerk, payment, amount_minor=1, reason="")

    assert refunds(payment) == []


def test_staff_cancel_in_their_own_name(pay: Pay, scheme: FakeScheme, clerk: Staff) -> None:
    scheme.will("pay", PAID)
    scheme.will("cancel", GIVEN_BACK_BY_CANCEL)
    payment = pay()

    with tenant_scope(payment.acquirer_id):
        cancel_payment(caller_for(clerk, payment, "payments.cancel_payment"), payment)

        assert reread(payment).status == "canceled"
        asked = Transition.objects.get(event="cancel_requested")
        assert asked.actor == "staff:ann@bank.example"


def test_a_query_at_a_persons_wish_ends_a_payment_in_doubt(
    pay: Pay, scheme: FakeScheme, clerk: Staff
) -> None:
    scheme.will("pay", SILENCE)
    payment = pay()
    scheme.will("query", PAID)

    query_now(clerk, payment)

    assert payment.status == "succeeded"
    with tenant_scope(payment.acquirer_id):
        assert Transition.objects.get(event="paid").actor == "staff:ann@bank.example"


@pytest.fixture
def closed(pay: Pay, scheme: FakeScheme) -> Callable[..., Break]:
    """A paid payment that Alipay calls closed: its break is left to people."""

    def make(**order: object) -> Break:
        scheme.will("pay", PAID)
        payment = pay(**order)
        with tenant_scope(payment.acquirer_id):
            apply_event(payment, News.CLOSED, actor="driver", interval_seconds=3)
            return Break.objects.select_related("payment").get()

    return make


def test_a_person_resolves_a_break_and_the_merchant_is_told(
    closed: Callable[..., Break], clerk: Staff, clock: ManualClock
) -> None:
    difference = closed()

    assert resolve_by_staff(clerk, difference, reason="booked as a loss") is difference

    with tenant_scope(difference.acquirer_id):
        kept = Break.objects.get()
        assert (kept.status, kept.outcome, kept.ended_at) == ("resolved", "resolved", clock.now())
        assert (kept.resolution, kept.resolved_by) == ("booked as a loss", "staff:ann@bank.example")
        assert not reread(difference.payment).has_open_break
        told = Event.objects.get(type="break.resolved")
        assert told.payload["resolution"] == "booked as a loss"
        with pytest.raises(Conflict, match="break_ended"):
            resolve_by_staff(clerk, kept, reason="again")


def test_a_break_of_a_large_payment_needs_two_people(
    closed: Callable[..., Break], clerk: Staff, finance: Staff
) -> None:
    difference = closed(amount=_hkd(ABOVE))

    proposal = resolve_by_staff(clerk, difference, reason="booked as a loss")

    assert isinstance(proposal, Proposal)
    with tenant_scope(difference.acquirer_id):
        assert Break.objects.get().status == "open"
        assert approve(proposal.id, staff=finance).proposal.status == "approved"
        kept = Break.objects.get()
    assert (kept.status, kept.resolved_by) == ("resolved", "staff:ann@bank.example")


def test_support_cannot_resolve(closed: Callable[..., Break], support: Staff) -> None:
    difference = closed()

    with pytest.raises(Forbidden, match="role_not_allowed"):
        resolve_by_staff(support, difference, reason="booked as a loss")

    with tenant_scope(difference.acquirer_id):
        assert Break.objects.get().status == "open"


def _hkd(minor: int) -> Money:
    return Money(minor, "HKD")
