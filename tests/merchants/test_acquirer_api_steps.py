"""The way of a merchant over the acquirer's API: steps, corrections, where its stores stand."""

import pytest
from rest_framework.test import APIClient

from merchants.models import Merchant, MerchantStep, Registration
from merchants.state import AcquirerScope
from tenancy.scope import platform_scope, tenant_scope
from tests.factories.merchants import AcquirerKeyFactory
from tests.fakes import NOT_TAKEN, FakeScheme
from tests.merchants.services.test_registrations import drive, opened
from tests.people import Person, client_with

pytestmark = pytest.mark.django_db


def client_of(person: Person, *scopes: str) -> APIClient:
    key = AcquirerKeyFactory(acquirer=person.acquirer, scopes=list(scopes))
    return client_with(key.text)


@pytest.fixture
def isv(acme: Person) -> APIClient:
    return client_of(acme, *AcquirerScope)


def path(person: Person) -> str:
    return f"/v1/merchants/{person.merchant.public_id}"


def stands(person: Person) -> str:
    with platform_scope():
        return Merchant.objects.get(id=person.merchant.id).status


def test_a_step_is_made_with_its_reason_and_stands_in_the_history(
    isv: APIClient, acme: Person
) -> None:
    sent = {"step": "suspend", "reason": "a fraud case"}
    done = isv.post(f"{path(acme)}/steps", sent, format="json")

    assert (done.status_code, done.json()["status"]) == (201, "suspended")
    (row,) = isv.get(f"{path(acme)}/steps").json()["data"]
    assert (row["step"], row["from_status"], row["to_status"]) == ("suspend", "active", "suspended")
    assert (row["reason"], row["merchant"]) == ("a fraud case", acme.merchant.public_id)
    assert row["actor"].startswith("ack_")


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        ({"step": "submit"}, 409, "step_not_possible"),
        ({"step": "suspend"}, 400, "invalid_request"),
        ({"step": "activate"}, 400, "invalid_request"),
        ({"step": "take_on"}, 400, "invalid_request"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_moves(
    isv: APIClient, acme: Person, sent: dict[str, str], status: int, code: str
) -> None:
    refused = isv.post(f"{path(acme)}/steps", sent, format="json")

    assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert stands(acme) == "active"


def test_what_is_missing_is_named(isv: APIClient, acme: Person) -> None:
    with platform_scope():
        Merchant.objects.filter(id=acme.merchant.id).update(status="draft")

    refused = isv.post(f"{path(acme)}/steps", {"step": "submit"}, format="json")

    assert (refused.status_code, refused.json()["code"]) == (400, "merchant_incomplete")
    assert [each["field"] for each in refused.json()["errors"]] == [
        "registration_number", "registered_address", "responsible_name", "stores",
    ]  # fmt: skip
    assert stands(acme) == "draft"


@pytest.mark.parametrize("step", ["review", "approve", "return"])
def test_approving_needs_a_scope_of_its_own(acme: Person, step: str) -> None:
    with platform_scope():
        Merchant.objects.filter(id=acme.merchant.id).update(status="submitted")
    writer = client_of(acme, AcquirerScope.MERCHANTS_READ, AcquirerScope.MERCHANTS_WRITE)

    refused = writer.post(f"{path(acme)}/steps", {"step": step, "reason": "why"}, format="json")

    assert (refused.status_code, refused.json()["code"]) == (403, "missing_scope")
    assert stands(acme) == "submitted"


def test_another_acquirers_merchant_is_neither_moved_nor_read(
    isv: APIClient, outsider: Person
) -> None:
    sent = {"step": "close", "reason": "theirs"}

    assert isv.post(f"{path(outsider)}/steps", sent, format="json").status_code == 404
    assert isv.get(f"{path(outsider)}/steps").status_code == 404
    assert isv.get(f"{path(outsider)}/registrations").status_code == 404
    assert isv.patch(path(outsider), {"mcc": "5999"}, format="json").status_code == 404
    assert stands(outsider) == "active"
    with platform_scope():
        assert not MerchantStep.objects.exists()


def test_a_refused_store_is_corrected_and_sent_again(
    isv: APIClient, acme: Person, outsider: Person, scheme: FakeScheme
) -> None:
    scheme.will("register", NOT_TAKEN)
    drive(opened(acme))
    foreign = opened(outsider)
    (row,) = isv.get(f"{path(acme)}/registrations").json()["data"]
    assert (row["status"], row["reason"]) == ("refused", "risk control: documents do not match")

    changed = isv.patch(path(acme), {"legal_name": "Harbour Tea (HK)"}, format="json")

    assert changed.json()["legal_name"] == "Harbour Tea (HK)"
    (row,) = isv.get(f"{path(acme)}/registrations").json()["data"]
    assert row["status"] == "to_send"
    again = isv.post(f"{path(acme)}/registrations/{row['id']}/send", {}, format="json")
    assert (again.status_code, again.json()["status"]) == (201, "to_send")
    mixed = f"{path(acme)}/registrations/{foreign.public_id}/send"
    assert isv.post(mixed, {}, format="json").status_code == 404


def test_a_store_is_corrected_and_closed(isv: APIClient, acme: Person, rival: Person) -> None:
    place = f"{path(acme)}/stores/{acme.store.public_id}"

    changed = isv.patch(
        place,
        {"address": {"line1": "2 Peak Road", "town": "Hong Kong"}, "status": "closed"},
        format="json",
    )
    foreign = isv.patch(
        f"{path(acme)}/stores/{rival.store.public_id}", {"name": "x"}, format="json"
    )

    assert (changed.json()["address"]["line1"], changed.json()["status"]) == (
        "2 Peak Road",
        "closed",
    )
    assert foreign.status_code == 404


@pytest.mark.parametrize("sent", [{"status": "active"}, {"mcc": "58"}, {"display_name": ""}])
def test_a_bad_correction_changes_nothing(
    isv: APIClient, acme: Person, sent: dict[str, str]
) -> None:
    refused = isv.patch(path(acme), sent, format="json")

    assert (refused.status_code, refused.json()["code"]) == (400, "invalid_request")
    with tenant_scope(acme.acquirer.id):
        kept = Merchant.objects.get(id=acme.merchant.id)
    assert (kept.status, kept.mcc, kept.display_name) == ("active", "5812", "Harbour Tea")
    with platform_scope():
        assert not Registration.objects.exists()


def test_a_terminal_is_renamed_and_closed(isv: APIClient, acme: Person, rival: Person) -> None:
    place = f"{path(acme)}/stores/{acme.store.public_id}/terminals"
    mixed = f"{place}/{rival.terminal.public_id}"

    changed = isv.patch(
        f"{place}/{acme.terminal.public_id}", {"name": "Bar", "status": "closed"}, format="json"
    )

    assert (changed.json()["name"], changed.json()["status"]) == ("Bar", "closed")
    assert isv.patch(mixed, {"name": "Mine now"}, format="json").status_code == 404
    with platform_scope():
        rival.terminal.refresh_from_db()
        assert rival.terminal.name == "Till 1"


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"status": "gone"}, {"scheme_terminal_id": "T9"}, {"name": "x" * 65}]
)
def test_a_wrong_correction_of_a_terminal_changes_nothing(
    isv: APIClient, acme: Person, wrong: dict[str, str]
) -> None:
    one = f"{path(acme)}/stores/{acme.store.public_id}/terminals/{acme.terminal.public_id}"

    answer = isv.patch(one, {"status": "closed"} | wrong, format="json")

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
    with platform_scope():
        acme.terminal.refresh_from_db()
        assert (acme.terminal.name, acme.terminal.status) == ("Till 1", "active")
