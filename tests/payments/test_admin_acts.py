"""The payment's page: what may be done, by whom, asked first, and refused in words."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from kernel.money import Money
from payments.models import Break, Payment, Refund
from payments.services.apply import apply_event
from payments.state import Event as News
from proposals.models import Proposal
from tenancy.models import Staff
from tenancy.roles import Role
from tenancy.scope import tenant_scope
from tests.factories.tenancy import StaffFactory
from tests.fakes import DECLINED, GIVEN_BACK_BY_CANCEL, PAID, REFUNDED, SILENCE, FakeScheme
from tests.payments.conftest import reread
from tests.people import Person

pytestmark = pytest.mark.django_db
Pay = Callable[..., Payment]


def signed_in(staff: Staff) -> Client:
    client = Client()
    client.force_login(staff)
    return client


@pytest.fixture
def clerk(acme: Person) -> Client:
    return signed_in(StaffFactory(acquirer=acme.acquirer, role=Role.OPERATIONS))


@pytest.fixture
def paid(pay: Pay, scheme: FakeScheme) -> Payment:
    scheme.will("pay", PAID)
    scheme.will("refund", REFUNDED)
    scheme.will("cancel", GIVEN_BACK_BY_CANCEL)
    scheme.will("query", PAID)
    return pay()


def page_of(payment: Payment) -> str:
    return reverse("admin:payments_payment_change", args=[payment.id])


def act_of(payment: Payment, act: str) -> str:
    return reverse("admin:payments_payment_act", args=[payment.id, act])


def refunds(payment: Payment) -> list[Refund]:
    with tenant_scope(payment.acquirer_id):
        return list(Refund.objects.filter(payment=payment).order_by("id"))


def ask(client: Client, payment: Payment, **said: str) -> dict[str, str]:
    """What the form holds once the person has filled it in."""
    shown = client.get(act_of(payment, "refund")).content.decode()
    key = re.search(r'name="key" value="([0-9a-f-]{36})"', shown)
    assert key is not None
    return {"amount": "20.00", "reason": "cold tea", "key": key.group(1)} | said


def test_a_refund_is_asked_about_first_and_a_second_click_is_harmless(
    clerk: Client, paid: Payment
) -> None:
    said = ask(clerk, paid)
    assert refunds(paid) == []

    for _ in range(2):
        assert clerk.post(act_of(paid, "refund"), said).status_code == 302

    assert [(refund.amount_minor, refund.reason) for refund in refunds(paid)] == [
        (2000, "cold tea")
    ]
    shown = clerk.get(page_of(paid)).content.decode()
    assert refunds(paid)[0].public_id in shown


@pytest.mark.parametrize("amount", ["120.51", "0", "-1", "1.005", "much", ""])
def test_an_amount_that_cannot_be_refunded_is_refused_in_words(
    clerk: Client, paid: Payment, amount: str
) -> None:
    answer = clerk.post(act_of(paid, "refund"), ask(clerk, paid, amount=amount))

    assert answer.status_code == 400
    assert 'role="alert"' in answer.content.decode()
    assert refunds(paid) == []


def test_above_the_limit_it_becomes_a_proposal_that_the_page_shows(
    clerk: Client, pay: Pay, scheme: FakeScheme
) -> None:
    scheme.will("pay", PAID)
    payment = pay(amount=Money(10_000_000, "HKD"))

    answer = clerk.post(act_of(payment, "refund"), ask(clerk, payment, amount="90000"), follow=True)

    text = answer.content.decode()
    assert "Waits for a second person" in text
    assert refunds(payment) == []
    with tenant_scope(payment.acquirer_id):
        assert Proposal.objects.get().subject == payment.public_id


def test_a_cancel_takes_the_payment_back(clerk: Client, paid: Payment) -> None:
    clerk.get(act_of(paid, "cancel"))
    assert reread(paid).status == "succeeded"

    assert clerk.post(act_of(paid, "cancel")).status_code == 302

    assert reread(paid).status == "canceled"


def test_a_query_brings_the_end_of_a_payment_in_doubt(
    clerk: Client, pay: Pay, scheme: FakeScheme
) -> None:
    scheme.will("pay", SILENCE)
    scheme.will("query", PAID)
    payment = pay()

    answer = clerk.post(act_of(payment, "query"), follow=True)

    assert "the payment is succeeded" in answer.content.decode()
    assert reread(payment).status == "succeeded"


def test_what_the_state_does_not_permit_is_no_link_but_a_reason(
    clerk: Client, pay: Pay, scheme: FakeScheme
) -> None:
    scheme.will("pay", DECLINED)
    payment = pay()

    shown = clerk.get(page_of(payment)).content.decode()

    assert act_of(payment, "refund") not in shown
    assert "Only a succeeded payment can be refunded; this one is failed." in shown
    assert "The payment has failed; there is nothing to cancel." in shown
    for act in ("refund", "cancel"):
        assert clerk.post(act_of(payment, act), {}).status_code == 302
    assert scheme.kinds() == ["pay"]


@pytest.mark.parametrize(
    ("role", "offered"),
    [
        (Role.OWNER, {"query", "cancel", "refund"}),
        (Role.OPERATIONS, {"query", "cancel", "refund"}),
        (Role.FINANCE, {"query", "refund"}),
        (Role.SUPPORT, set()),
        (Role.AUDITOR, set()),
    ],
)
def test_each_role_is_offered_what_it_may_and_no_more(
    acme: Person, paid: Payment, role: Role, offered: set[str]
) -> None:
    client = signed_in(StaffFactory(acquirer=acme.acquirer, role=role))

    shown = client.get(page_of(paid)).content.decode()

    acts = {"query", "cancel", "refund"}
    assert {act for act in acts if act_of(paid, act) in shown} == offered
    for act in acts - offered:
        assert client.post(act_of(paid, act), {}).status_code == 403
    assert reread(paid).status == "succeeded"


@pytest.mark.parametrize("act", ["query", "cancel", "refund"])
def test_staff_of_another_acquirer_find_nothing_to_act_on(
    outsider: Person, paid: Payment, scheme: FakeScheme, act: str
) -> None:
    client = signed_in(StaffFactory(acquirer=outsider.acquirer, role=Role.OWNER))

    said = {"amount": "1", "reason": "because", "key": "0" * 32}
    assert client.post(act_of(paid, act), said).status_code == 404
    assert scheme.kinds() == ["pay"]


def test_the_operator_may_act_for_any_acquirer(paid: Payment) -> None:
    client = signed_in(StaffFactory(acquirer=None, role=Role.OPERATOR))

    client.post(act_of(paid, "refund"), ask(client, paid))

    assert [refund.amount_minor for refund in refunds(paid)] == [2000]


@pytest.fixture
def closed(paid: Payment) -> Break:
    with tenant_scope(paid.acquirer_id):
        apply_event(paid, News.CLOSED, actor="driver", interval_seconds=3)
        return Break.objects.get()


def test_a_break_stands_on_top_with_what_is_left_and_is_resolved(
    clerk: Client, paid: Payment, closed: Break
) -> None:
    resolve = reverse("admin:payments_break_act", args=[closed.id, "resolve"])

    shown = clerk.get(page_of(paid)).content.decode()
    assert "Ask Alipay who gave the money back" in shown
    assert resolve in shown
    assert clerk.post(resolve, {"reason": ""}).status_code == 400
    assert clerk.post(resolve, {"reason": "booked as a loss"}).status_code == 302

    with tenant_scope(paid.acquirer_id):
        assert Break.objects.get().resolution == "booked as a loss"
    shown = clerk.get(page_of(paid)).content.decode()
    assert "booked as a loss" in shown
    assert resolve not in shown


def test_a_refunds_page_tells_its_own_story(clerk: Client, paid: Payment) -> None:
    clerk.post(act_of(paid, "refund"), ask(clerk, paid))
    refund = refunds(paid)[0]

    shown = clerk.get(reverse("admin:payments_refund_change", args=[refund.id])).content.decode()

    assert "refund of HKD 20.00" in shown
    assert "refund: processing -&gt; succeeded (confirmed)" in shown
    assert "pay begun" not in shown
    assert paid.public_id in shown
