"""One payment's story: every table's part of it, in order, for those who may see it."""

import json
from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from events.services.claim import claim_next
from events.services.record import record
from events.wire import Answer
from kernel.clock import ManualClock
from payments.models import Payment
from payments.services.drive import drive_payment
from tenancy.roles import Role
from tenancy.scope import tenant_scope
from tests.factories.events import happen, make_endpoint
from tests.factories.tenancy import StaffFactory
from tests.fakes import GIVEN_BACK_BY_CANCEL, MISSING, NOTHING_TO_CANCEL, PAID, SILENCE, FakeScheme
from tests.payments.services.test_notice import notification, tell
from tests.people import Person, client_with, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def eventful(
    acme: Person, pay: Callable[..., Payment], scheme: FakeScheme, clock: ManualClock
) -> Payment:
    """Unanswered, cancelled at its deadline, paid all the same, notified, given back."""
    scheme.will("pay", SILENCE)
    scheme.will("query", MISSING, PAID)
    scheme.will("cancel", NOTHING_TO_CANCEL, GIVEN_BACK_BY_CANCEL)
    payment = pay()
    clock.advance(30)
    drive_payment(payment.id, acquirer_id=payment.acquirer_id)
    clock.advance(1)
    tell(acme.partner_account, notification(payment, acme.partner_account))
    clock.advance(1)
    drive_payment(payment.id, acquirer_id=payment.acquirer_id)
    return payment


STORY = [
    ("created", "payment of HKD 120.50 as T1-0042"),
    ("attempt", "pay begun"),
    ("answer", "pay after 1 ms: unknown"),
    ("attempt", "query begun"),
    ("attempt", "cancel begun"),
    ("answer", "query after 1 ms: unknown TRADE_NOT_EXIST"),
    ("answer", "cancel after 1 ms: succeeded SUCCESS"),
    ("transition", "payment: processing -> canceling (deadline_passed)"),
    ("transition", "payment: canceling -> canceled (cancel_confirmed)"),
    ("event", "payment.canceled"),
    ("notification", "payByAccountAction TRADE_SUCCESS, received 1 x"),
    ("break", "break opened: paid_after_canceled"),
    ("break", "break mended: paid_after_canceled (cancel_confirmed)"),
    ("event", "break.opened"),
    ("event", "break.mended"),
]


def test_the_api_tells_the_whole_story_without_the_evidence(
    acme: Person, eventful: Payment
) -> None:
    answer = acme.client().get(f"/v1/payments/{eventful.public_id}/timeline")

    assert answer.status_code == 200
    told = answer.json()
    assert (told["object"], told["payment"]) == ("timeline", eventful.public_id)
    story = [(each["kind"], each["text"]) for each in told["data"]]
    assert [each for each in STORY if each not in story] == []
    assert [each["at"] for each in told["data"]] == sorted(each["at"] for each in told["data"])
    assert told["data"][0]["actor"] == acme.key.public_id
    assert {each["actor"] for each in told["data"] if each["kind"] == "transition"} == {"driver"}
    assert "evidence" not in json.dumps(told)


def test_a_payments_story_tells_how_each_endpoint_was_told(
    acme: Person, pay: Callable[..., Payment], scheme: FakeScheme, clock: ManualClock
) -> None:
    endpoint = make_endpoint(acme, event_types=["payment.succeeded"])
    make_endpoint(acme, event_types=["refund.failed"])
    scheme.will("pay", PAID)
    payment = pay()
    with tenant_scope(acme.acquirer.id):
        claim = claim_next(endpoint)
        assert claim is not None
        record(claim, Answer(500, 12, excerpt="secret of theirs"), started=clock.now())
    happen(acme)

    told = acme.client().get(f"/v1/payments/{payment.public_id}/timeline").json()["data"]

    assert [each["text"] for each in told if each["kind"] == "delivery"] == [
        f"payment.succeeded to {endpoint.public_id}: answered 500 after 12 ms"
    ]
    assert "secret of theirs" not in json.dumps(told)


def test_nobody_elses_key_reads_it(acme: Person, outsider: Person, eventful: Payment) -> None:
    neighbour = make_person(acquirer=acme.acquirer, partner_account=acme.partner_account)
    address = f"/v1/payments/{eventful.public_id}/timeline"

    assert outsider.client().get(address).status_code == 404
    assert neighbour.client().get(address).status_code == 404
    assert client_with("tg_test_wrong").get(address).status_code == 401


@pytest.mark.parametrize("name", ["public_id", "partner_trans_id", "merchant_reference"])
def test_the_command_finds_it_by_any_of_its_names(eventful: Payment, name: str) -> None:
    out = StringIO()

    call_command("payment_story", str(getattr(eventful, name)), "--evidence", stdout=out)

    text = out.getvalue()
    assert text.startswith(f"{eventful.public_id} is canceled: HKD 120.50")
    assert all(line in text for _, line in STORY)
    assert "'trade_status': 'TRADE_SUCCESS'" in text
    assert "281234567890123456" not in text


def test_the_command_says_so_when_there_is_none_and_lists_what_is_ambiguous(
    acme: Person, outsider: Person, eventful: Payment, scheme: FakeScheme
) -> None:
    with pytest.raises(CommandError, match="There is no payment 'nowhere'"):
        call_command("payment_story", "nowhere")
    scheme.will("pay", PAID)
    body = {
        "amount": 100, "currency": "HKD", "payment_code": "281234567890123456",
        "merchant_reference": "T1-0042", "store": outsider.store.public_id,
    }  # fmt: skip
    assert outsider.client().post("/v1/payments", body, format="json").status_code == 201

    with pytest.raises(CommandError, match="names several payments"):
        call_command("payment_story", "T1-0042")


def test_the_admin_page_tells_it_with_the_evidence(acme: Person, eventful: Payment) -> None:
    client = Client()
    client.force_login(StaffFactory(acquirer=acme.acquirer, role=Role.SUPPORT))

    page = client.get(reverse("admin:payments_payment_change", args=[eventful.id]))

    text = page.content.decode()
    assert "break opened: paid_after_canceled" in text
    assert "<summary>evidence</summary>" in text


def test_the_page_of_an_eventful_payment_is_far_below_thirty_queries(
    acme: Person, eventful: Payment
) -> None:
    client = Client()
    client.force_login(StaffFactory(acquirer=acme.acquirer, role=Role.OWNER))

    with CaptureQueriesContext(connection) as asked:
        shown = client.get(reverse("admin:payments_payment_change", args=[eventful.id]))

    assert "paid_after_canceled" in shown.content.decode()
    assert len(asked) <= 22
