"""Every POST of the API honours Idempotency-Key; the walk finds those that forget it."""

import json
import threading
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.test import APIClient

from api.models import IdempotencyKey
from api.once import once
from events.models import WebhookEndpoint
from loyalty.models import Launch
from merchants.services.register import request_for
from merchants.state import Status as Standing
from payments.models import Payment, Refund
from payments.services import carry
from portal.services.launch_segment import launch_segment
from tenancy.scope import platform_scope, tenant_scope
from tests.factories.coupons import make_campaign, make_coupon
from tests.factories.events import make_endpoint
from tests.factories.launches import make_audience, make_launch
from tests.factories.loyalty import make_member, make_programme
from tests.factories.merchants import AcquirerKeyFactory, ApiKeyFactory, PartnerAccountFactory
from tests.fakes import CLOSED_BY_CANCEL, DECLINED, PAID, REFUNDED, SILENCE, FakeScheme
from tests.payments.api.test_payments import NOW, body
from tests.payments.conftest import key_of
from tests.people import Person, client_with
from tests.racing import at_once

KEY = {"HTTP_IDEMPOTENCY_KEY": "k-1"}


def post(api: APIClient, path: str, content: Any = None, **headers: str) -> Any:
    return api.post(path, content, format="json", **(KEY | NOW | headers))


def make_payment(api: APIClient, person: Person, **changes: Any) -> str:
    answer = api.post("/v1/payments", body(person, **changes), format="json", **NOW)
    return str(answer.json()["id"])


# What each POST is sent: an address and a body that it accepts, and a body that says otherwise.
# A new POST fails the walk until it stands here.
Request = tuple[str, dict[str, Any], dict[str, Any]]


def a_payment(api: APIClient, acme: Person, scheme: FakeScheme) -> Request:
    scheme.will("pay", PAID)
    return "/v1/payments", body(acme), body(acme, amount=1, merchant_reference="other")


def a_cancel(api: APIClient, acme: Person, scheme: FakeScheme) -> Request:
    scheme.will("pay", SILENCE)
    scheme.will("cancel", CLOSED_BY_CANCEL)
    return f"/v1/payments/{make_payment(api, acme)}/cancel", {}, {}


def a_refund(api: APIClient, acme: Person, scheme: FakeScheme) -> Request:
    scheme.will("pay", PAID)
    scheme.will("refund", REFUNDED)
    return f"/v1/payments/{make_payment(api, acme)}/refunds", {"amount": 50}, {"amount": 51}


def a_webhook_endpoint(api: APIClient, acme: Person, scheme: FakeScheme) -> Request:
    sent = {"url": "https://8.8.8.8/hooks", "description": "ERP"}
    return "/v1/webhook_endpoints", sent, sent | {"description": "other"}


def a_rotation(api: APIClient, acme: Person, scheme: FakeScheme) -> Request:
    return f"/v1/webhook_endpoints/{make_endpoint(acme).public_id}/rotate_secret", {}, {}


def a_test_event(api: APIClient, acme: Person, scheme: FakeScheme) -> Request:
    return f"/v1/webhook_endpoints/{make_endpoint(acme).public_id}/test", {}, {}


def a_replay(api: APIClient, acme: Person, scheme: FakeScheme) -> Request:
    path = f"/v1/webhook_endpoints/{make_endpoint(acme).public_id}/replay"
    sent = {"created_gte": "2026-11-22T06:00:00Z", "created_lt": "2026-11-22T07:00:00Z"}
    return path, sent, sent | {"created_lt": "2026-11-22T08:00:00Z"}


def merchant_path(acme: Person) -> str:
    return f"/v1/merchants/{acme.merchant.public_id}"


def a_merchant(api: APIClient, acme: Person, scheme: FakeScheme) -> Request:
    sent = {
        "legal_name": "Tea Limited", "display_name": "Tea", "mcc": "5814", "country": "HK",
        "scheme_merchant_id": "M-1",
    }  # fmt: skip
    return "/v1/merchants", sent, sent | {"display_name": "Coffee"}


def a_store(api: APIClient, acme: Person, scheme: FakeScheme) -> Request:
    sent = {"name": "Central", "scheme_store_id": "S-1"}
    return f"{merchant_path(acme)}/stores", sent, sent | {"name": "Peak"}


def a_contact(api: APIClient, acme: Person, scheme: FakeScheme) -> Request:
    sent = {"contact_name": "Mei Wong", "email": "mei@tea.example"}
    return f"{merchant_path(acme)}/contacts", sent, sent | {"role": "finance"}


def a_bank_account(api: APIClient, acme: Person, scheme: FakeScheme) -> Request:
    sent = {
        "currency": "HKD", "holder": "Tea Limited", "country": "HK",
        "account_number": "123456789001", "bank_code": "004", "reason": "the bank's letter",
    }  # fmt: skip
    return f"{merchant_path(acme)}/bank_account_proposals", sent, sent | {"currency": "USD"}


def a_terminal(api: APIClient, acme: Person, scheme: FakeScheme) -> Request:
    path = f"{merchant_path(acme)}/stores/{acme.store.public_id}/terminals"
    sent = {"name": "Till 1", "scheme_terminal_id": "T-1"}
    return path, sent, sent | {"name": "Till 2"}


def an_api_key(api: APIClient, acme: Person, scheme: FakeScheme) -> Request:
    return f"{merchant_path(acme)}/api_keys", {"label": "ECR"}, {"label": "POS"}


def a_roll(api: APIClient, acme: Person, scheme: FakeScheme) -> Request:
    path = f"{merchant_path(acme)}/api_keys/{acme.key.public_id}/roll"
    return path, {"overlap_hours": 1}, {"overlap_hours": 2}


def a_revocation(api: APIClient, acme: Person, scheme: FakeScheme) -> Request:
    return f"{merchant_path(acme)}/api_keys/{acme.key.public_id}/revoke", {}, {}


def a_step(api: APIClient, acme: Person, scheme: FakeScheme) -> Request:
    sent = {"step": "suspend", "reason": "a fraud case"}
    return f"{merchant_path(acme)}/steps", sent, sent | {"reason": "another"}


def a_sending(api: APIClient, acme: Person, scheme: FakeScheme) -> Request:
    with platform_scope():
        row = request_for(acme.store, acme.partner_account)
    return f"{merchant_path(acme)}/registrations/{row.public_id}/send", {}, {}


def a_member(api: APIClient, acme: Person, scheme: FakeScheme) -> Request:
    make_programme(acme)
    return "/v1/members", {"name": "Mei Wong"}, {"name": "Kai Chan"}


def a_consent(api: APIClient, acme: Person, scheme: FakeScheme) -> Request:
    member = make_member(acme, make_programme(acme))
    sent = {"purpose": "wallet", "wording_version": "1", "given": True}
    return f"/v1/members/{member.public_id}/consents", sent, sent | {"given": False}


def a_forgetting(api: APIClient, acme: Person, scheme: FakeScheme) -> Request:
    member = make_member(acme, make_programme(acme))
    return f"/v1/members/{member.public_id}/forget", {}, {}


def a_coupon(api: APIClient, acme: Person, scheme: FakeScheme) -> Request:
    programme = make_programme(acme)
    sent = {
        "campaign": make_campaign(acme).public_id,
        "member": make_member(acme, programme).public_id,
    }
    return "/v1/coupons", sent, sent | {"member": make_member(acme, programme).public_id}


def a_preview(api: APIClient, acme: Person, scheme: FakeScheme) -> Request:
    coupon = make_coupon(make_campaign(acme))
    sent = {
        "coupon": coupon.code, "amount": 12050, "currency": "HKD", "store": acme.store.public_id,
    }  # fmt: skip
    return "/v1/coupons/preview", sent, sent | {"amount": 12000}


def other_address(path: str, acme: Person) -> str:
    """Where the same empty body means something else."""
    if path.endswith("/send"):
        return f"{merchant_path(acme)}/api_keys/{acme.key.public_id}/revoke"
    if path.endswith("/forget"):
        return "/v1/members"
    way, _, verb = path.rpartition("/")
    return way + OTHER_ADDRESSES[f"/{verb}"]


def a_product(api: APIClient, acme: Person, scheme: FakeScheme) -> Request:
    content = {"sku": "T1", "name": "Jasmine tea", "currency": "HKD"}
    return "/v1/products", content, content | {"sku": "T2"}


def a_recommendation(api: APIClient, acme: Person, scheme: FakeScheme) -> Request:
    content = {"merchant_reference": "S1", "store": acme.store.public_id, "currency": "HKD",
               "basket": ["T1"]}  # fmt: skip
    return "/v1/recommendations", content, content | {"basket": ["T2"]}


def a_code_order(api: APIClient, acme: Person, scheme: FakeScheme) -> Request:
    sent = {"campaign": make_campaign(acme).public_id, "count": 3}
    return "/v1/code_orders", sent, sent | {"count": 4}


def a_draft(api: APIClient, acme: Person, scheme: FakeScheme) -> Request:
    sent = {
        "name": "Come again",
        "campaign": make_campaign(acme).public_id,
        "programme": make_programme(acme).public_id,
    }
    return "/v1/launches", sent, sent | {"name": "Come back"}


def a_launching(api: APIClient, acme: Person, scheme: FakeScheme) -> Request:
    programme = make_programme(acme)
    make_audience(acme, programme, 5)
    launch = make_launch(make_campaign(acme), programme)
    return f"/v1/launches/{launch.public_id}/launch", {}, {}


def a_stop(api: APIClient, acme: Person, scheme: FakeScheme) -> Request:
    path, _, _ = a_launching(api, acme, scheme)
    with platform_scope():
        launch_segment(Launch.objects.get(), by="staff:ada@example.com")
    return f"{path.rpartition('/')[0]}/stop", {}, {}


POSTS: dict[str, Callable[[APIClient, Person, FakeScheme], Request]] = {
    "v1/merchants": a_merchant,
    "v1/merchants/<str:merchant_id>/api_keys": an_api_key,
    "v1/merchants/<str:merchant_id>/api_keys/<str:key_id>/revoke": a_revocation,
    "v1/merchants/<str:merchant_id>/api_keys/<str:key_id>/roll": a_roll,
    "v1/merchants/<str:merchant_id>/bank_account_proposals": a_bank_account,
    "v1/merchants/<str:merchant_id>/contacts": a_contact,
    "v1/merchants/<str:merchant_id>/registrations/<str:registration_id>/send": a_sending,
    "v1/merchants/<str:merchant_id>/steps": a_step,
    "v1/merchants/<str:merchant_id>/stores": a_store,
    "v1/merchants/<str:merchant_id>/stores/<str:store_id>/terminals": a_terminal,
    "v1/code_orders": a_code_order,
    "v1/coupons": a_coupon,
    "v1/coupons/preview": a_preview,
    "v1/launches": a_draft,
    "v1/launches/<str:launch_id>/launch": a_launching,
    "v1/launches/<str:launch_id>/stop": a_stop,
    "v1/members": a_member,
    "v1/members/<str:member_id>/consents": a_consent,
    "v1/members/<str:member_id>/forget": a_forgetting,
    "v1/payments": a_payment,
    "v1/payments/<str:payment_id>/cancel": a_cancel,
    "v1/payments/<str:payment_id>/refunds": a_refund,
    "v1/products": a_product,
    "v1/recommendations": a_recommendation,
    "v1/webhook_endpoints": a_webhook_endpoint,
    "v1/webhook_endpoints/<str:endpoint_id>/replay": a_replay,
    "v1/webhook_endpoints/<str:endpoint_id>/rotate_secret": a_rotation,
    "v1/webhook_endpoints/<str:endpoint_id>/test": a_test_event,
}
# Where nothing can be said otherwise, another address is meant by the same key.
OTHER_ADDRESSES = {
    "/cancel": "/refunds",
    "/rotate_secret": "/test",
    "/test": "/rotate_secret",
    "/revoke": "/roll",
    "/launch": "/stop",
    "/stop": "/launch",
}


@pytest.fixture
def caller(api: APIClient, acme: Person, request: pytest.FixtureRequest) -> APIClient:
    """Who may make the route's call: the merchant's ECR, or the acquirer's own system."""
    of_acquirers = ("v1/merchants", "v1/launches", "v1/code_orders")
    if not request.getfixturevalue("route").startswith(of_acquirers):
        return api
    return client_with(AcquirerKeyFactory(acquirer=acme.acquirer).text)


def posts_of(patterns: list[Any], prefix: str = "") -> list[str]:
    found: list[str] = []
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            found += posts_of(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            view = getattr(pattern.callback, "cls", None)
            if route.startswith("v1/") and hasattr(view, "post"):
                found.append(route)
    return found


# Nobody's: who sends a pairing code has no key yet, so no Idempotency-Key of anybody's. The code
# itself works once, and the answer holds a secret that is not kept.
WITHOUT_KEY = {"v1/pairings"}
ROUTES = sorted(set(posts_of(get_resolver().url_patterns)) - WITHOUT_KEY)


def test_every_post_of_the_url_configuration_stands_in_the_table() -> None:
    assert sorted(POSTS) == ROUTES


def test_every_post_shows_the_header_in_the_contract() -> None:
    document = json.loads(Client().get("/v1/openapi.json").content)
    shown = {
        path: [parameter["name"] for parameter in methods["post"].get("parameters", [])]
        for path, methods in document["paths"].items()
        if "post" in methods and path.strip("/") not in WITHOUT_KEY
    }

    assert len(shown) == len(ROUTES)
    assert [path for path, names in shown.items() if "Idempotency-Key" not in names] == []


@pytest.mark.django_db
@pytest.mark.parametrize("route", ROUTES)
def test_the_same_key_and_content_is_the_same_object_and_nothing_is_done_again(
    caller: APIClient, acme: Person, scheme: FakeScheme, route: str
) -> None:
    path, content, _ = POSTS[route](caller, acme, scheme)

    first = post(caller, path, content)
    asked = scheme.kinds()
    again = post(caller, path, dict(reversed(content.items())))

    assert first.status_code in {200, 201, 202}
    assert "Idempotent-Replayed" not in first
    assert (again.status_code, again["Idempotent-Replayed"]) == (200, "true")
    assert again.json()["id"] == first.json()["id"]
    assert scheme.kinds() == asked
    with platform_scope():
        kept = IdempotencyKey.objects.get()
        assert kept.object_public_id == first.json()["id"]


@pytest.mark.django_db
@pytest.mark.parametrize("route", ROUTES)
def test_the_same_key_with_other_content_is_a_conflict(
    caller: APIClient, acme: Person, scheme: FakeScheme, route: str
) -> None:
    path, content, other = POSTS[route](caller, acme, scheme)
    post(caller, path, content)
    asked = scheme.kinds()

    if other != content:
        answer = post(caller, path, other)
    else:  # nothing can be said otherwise: another payment's address
        answer = post(caller, other_address(path, acme), {})

    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_key_reused")
    assert scheme.kinds() == asked
    with platform_scope():
        assert Payment.objects.count() == (1 if "payments" in route else 0)
        assert Refund.objects.count() == (1 if route.endswith("refunds") else 0)
        assert {each.refund_reserved_minor for each in Payment.objects.all()} <= {0, 50}
        assert WebhookEndpoint.objects.count() == (1 if "webhook" in route else 0)


@pytest.mark.django_db
@pytest.mark.parametrize("route", ROUTES)
def test_a_header_that_is_no_key_is_refused(
    caller: APIClient, acme: Person, scheme: FakeScheme, route: str
) -> None:
    path, content, _ = POSTS[route](caller, acme, scheme)
    asked = scheme.kinds()

    answer = post(caller, path, content, HTTP_IDEMPOTENCY_KEY="two words")

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
    assert [fault["field"] for fault in answer.json()["errors"]] == ["Idempotency-Key"]
    assert scheme.kinds() == asked


@pytest.mark.django_db
def test_without_the_header_no_key_is_kept(
    api: APIClient, acme: Person, scheme: FakeScheme
) -> None:
    scheme.will("pay", PAID)
    make_payment(api, acme)

    with platform_scope():
        assert not IdempotencyKey.objects.exists()


@pytest.mark.django_db
def test_a_key_of_a_payment_cannot_name_its_refund(
    api: APIClient, acme: Person, scheme: FakeScheme
) -> None:
    scheme.will("pay", PAID)
    payment = post(api, "/v1/payments", body(acme)).json()["id"]

    answer = post(api, f"/v1/payments/{payment}/refunds")

    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_key_reused")
    assert payment in answer.json()["detail"]
    with platform_scope():
        assert not Refund.objects.exists()


@pytest.mark.django_db
def test_a_refused_payment_leaves_no_key_and_can_be_corrected_and_sent_again(
    api: APIClient, acme: Person, scheme: FakeScheme
) -> None:
    scheme.will("pay", PAID)

    refused = post(api, "/v1/payments", body(acme, currency="USD"))
    corrected = post(api, "/v1/payments", body(acme))

    assert (refused.status_code, corrected.status_code) == (400, 201)
    assert "Idempotent-Replayed" not in corrected


@pytest.mark.django_db
def test_a_refused_refund_and_a_refused_cancel_leave_no_key(
    api: APIClient, acme: Person, scheme: FakeScheme
) -> None:
    scheme.will("pay", DECLINED)
    payment = make_payment(api, acme)

    answers = [post(api, f"/v1/payments/{payment}/{verb}") for verb in ("cancel", "refunds")]

    assert [answer.json()["code"] for answer in answers] == [
        "payment_failed", "payment_not_succeeded",
    ]  # fmt: skip
    with platform_scope():
        assert not IdempotencyKey.objects.exists()


@pytest.mark.django_db
def test_a_payment_that_failed_is_an_answer_and_is_answered_again(
    api: APIClient, acme: Person, scheme: FakeScheme
) -> None:
    scheme.will("pay", DECLINED)

    first, again = (post(api, "/v1/payments", body(acme)) for _ in range(2))

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert scheme.kinds() == ["pay"]


@pytest.mark.django_db
def test_a_new_key_for_the_same_reference_names_the_same_payment_from_then_on(
    api: APIClient, acme: Person, scheme: FakeScheme
) -> None:
    scheme.will("pay", PAID)
    payment = make_payment(api, acme)

    again = post(api, "/v1/payments", body(acme))
    other = post(api, "/v1/payments", body(acme, merchant_reference="T1-0043"))

    assert (again.json()["id"], again["Idempotent-Replayed"]) == (payment, "true")
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")
    with platform_scope():
        assert Payment.objects.count() == 1


@pytest.mark.django_db
def test_key_and_reference_of_two_payments_are_a_conflict_that_names_the_key(
    api: APIClient, acme: Person, scheme: FakeScheme
) -> None:
    scheme.will("pay", PAID, PAID)
    first = post(api, "/v1/payments", body(acme)).json()["id"]
    make_payment(api, acme, merchant_reference="T1-0043")

    answer = post(api, "/v1/payments", body(acme, merchant_reference="T1-0043"))

    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_key_reused")
    assert first in answer.json()["detail"]


@pytest.mark.django_db
def test_a_new_key_with_a_used_reference_and_other_content_names_the_reference(
    api: APIClient, acme: Person, scheme: FakeScheme
) -> None:
    scheme.will("pay", PAID)
    make_payment(api, acme)

    answer = post(api, "/v1/payments", body(acme, amount=1))

    assert (answer.status_code, answer.json()["code"]) == (409, "reference_reused")
    with platform_scope():
        assert not IdempotencyKey.objects.exists()


@pytest.mark.django_db
def test_two_merchants_and_two_modes_may_use_the_same_key(
    api: APIClient, acme: Person, rival: Person, scheme: FakeScheme
) -> None:
    scheme.will("pay", PAID, PAID, PAID)
    PartnerAccountFactory(acquirer=acme.acquirer, livemode=True)
    live = client_with(ApiKeyFactory(merchant=acme.merchant, livemode=True).text)

    answers = [
        post(api, "/v1/payments", body(acme)),
        post(rival.client(), "/v1/payments", body(rival)),
        post(live, "/v1/payments", body(acme)),
    ]

    assert [answer.status_code for answer in answers] == [201, 201, 201]
    assert len({answer.json()["id"] for answer in answers}) == 3


@pytest.mark.django_db
def test_a_process_that_died_after_its_commit_is_answered_for_by_the_repeat(
    api: APIClient, acme: Person, scheme: FakeScheme, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: Any, **__: Any) -> None:
        raise SystemExit("killed")

    with monkeypatch.context() as patch:
        patch.setattr(carry, "start", die)
        with pytest.raises(SystemExit):
            post(api, "/v1/payments", body(acme))
    again = post(api, "/v1/payments", body(acme))

    with platform_scope():
        payment = Payment.objects.get()
    assert (again.status_code, again["Idempotent-Replayed"]) == (200, "true")
    assert (again.json()["id"], again.json()["status"]) == (payment.public_id, "processing")
    assert payment.due_at is not None
    assert scheme.calls == []


@pytest.mark.django_db
def test_a_store_that_was_suspended_since_does_not_hide_the_payment(
    api: APIClient, acme: Person, scheme: FakeScheme
) -> None:
    scheme.will("pay", PAID)
    first = post(api, "/v1/payments", body(acme))
    with tenant_scope(acme.acquirer.id):
        acme.store.status = Standing.SUSPENDED
        acme.store.save()

    again = post(api, "/v1/payments", body(acme))
    new = post(api, "/v1/payments", body(acme, merchant_reference="n"), HTTP_IDEMPOTENCY_KEY="n")

    assert (again.status_code, again.json()) == (200, first.json())
    assert (new.status_code, new.json()["code"]) == (403, "merchant_not_active")


@pytest.mark.django_db
def test_a_repeated_cancel_does_not_ask_for_the_cancel_again(
    api: APIClient, acme: Person, scheme: FakeScheme
) -> None:
    scheme.will("pay", SILENCE)
    scheme.will("cancel", SILENCE)
    path = f"/v1/payments/{make_payment(api, acme)}/cancel"

    first = post(api, path)
    again = post(api, path)

    assert (first.status_code, again.status_code) == (202, 200)
    assert again.json()["status"] == "processing"
    assert scheme.kinds() == ["pay", "cancel"]


@pytest.mark.django_db(transaction=True)
def test_a_hundred_requests_with_one_key_are_one_payment_and_one_refund(
    acme: Person, scheme: FakeScheme
) -> None:
    scheme.will("pay", PAID)
    scheme.will("refund", REFUNDED)

    paid = at_once(100, lambda _: post(acme.client(), "/v1/payments", body(acme)))
    path = f"/v1/payments/{paid[0].json()['id']}/refunds"
    refunded = at_once(100, lambda _: post(acme.client(), path, HTTP_IDEMPOTENCY_KEY="k-2"))

    for answers in (paid, refunded):
        assert len(answers) == 100
        assert len({answer.json()["id"] for answer in answers}) == 1
        assert sum("Idempotent-Replayed" in answer for answer in answers) == 99
    assert scheme.kinds() == ["pay", "refund"]


@pytest.mark.django_db(transaction=True)
def test_twenty_payments_at_once_under_one_key_and_other_references_are_one_payment(
    acme: Person, scheme: FakeScheme
) -> None:
    scheme.will("pay", PAID)

    answers = at_once(
        20,
        lambda number: post(
            acme.client(), "/v1/payments", body(acme, merchant_reference=f"R{number}")
        ),
    )

    codes = [answer.json().get("code") for answer in answers]
    assert codes.count("idempotency_key_reused") == 19
    assert scheme.kinds() == ["pay"]
    with platform_scope():
        assert Payment.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_twenty_cancels_at_once_under_one_key_are_one_cancel(
    acme: Person, scheme: FakeScheme
) -> None:
    scheme.will("pay", SILENCE)
    scheme.will("cancel", CLOSED_BY_CANCEL)
    path = f"/v1/payments/{make_payment(acme.client(), acme)}/cancel"

    answers = at_once(20, lambda _: post(acme.client(), path))

    assert {answer.status_code for answer in answers} == {200}
    assert sum("Idempotent-Replayed" in answer for answer in answers) == 19
    assert scheme.kinds() == ["pay", "cancel"]


WAITING_FOR_ME = """
SELECT count(*) FROM pg_locks
 WHERE NOT granted AND locktype = 'transactionid' AND transactionid = pg_current_xact_id()::xid
"""


def wait_until_somebody_waits_for_me() -> None:
    """Until PostgreSQL says that another session waits for this transaction; fails after 30 s."""
    pause = threading.Event()
    for _ in range(3000):
        with connection.cursor() as cursor:
            cursor.execute(WAITING_FOR_ME)
            if cursor.fetchone()[0]:
                return
        pause.wait(0.01)
    raise AssertionError("nobody waited for the key")


@pytest.mark.django_db(transaction=True)
def test_a_payment_waits_for_a_request_that_has_its_key_and_is_undone_by_it(
    acme: Person, scheme: FakeScheme
) -> None:
    """The key is not committed when the payment looks for it: only the unique index knows."""
    is_taken, other = threading.Event(), key_of(acme, "k-1", said="something else")

    def work() -> UUID:
        is_taken.set()
        wait_until_somebody_waits_for_me()
        return uuid4()

    def take() -> None:
        try:
            with tenant_scope(acme.acquirer.id, acme.merchant.id):
                once(other, "pay", work)
        finally:
            connection.close()

    taker = threading.Thread(target=take)
    taker.start()
    assert is_taken.wait(timeout=30)

    answer = post(acme.client(), "/v1/payments", body(acme))
    taker.join()

    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_key_reused")
    assert scheme.calls == []
    with platform_scope():
        assert not Payment.objects.exists()
        assert IdempotencyKey.objects.count() == 1
