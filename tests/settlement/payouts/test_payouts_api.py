"""Payouts, fee plans and journals by REST: a merchant's key its own, an acquirer's all of its."""

from datetime import date, timedelta
from typing import Any

import pytest
from rest_framework.test import APIClient

from kernel.clock import ManualClock
from settlement.fees.prices import read_prices
from settlement.fees.terms import Terms
from settlement.models import FeePlan, FeeVersion, Journal
from settlement.services.fee_plans import change_plan
from settlement.services.make_journal import make_journal
from tenancy.models import AuditEntry
from tenancy.roles import Role
from tenancy.scope import tenant_scope
from tests.factories.merchants import AcquirerKeyFactory, ApiKeyFactory
from tests.people import Person, client_with
from tests.settlement.conftest import DAY
from tests.settlement.payouts.conftest import Owe, open_account, sent_file, staff_of
from tests.settlement.test_fees import assign, plan_of

pytestmark = pytest.mark.django_db


def acquirers(person: Person, *scopes: str) -> APIClient:
    """A client with a key of the person's acquirer."""
    key = AcquirerKeyFactory(acquirer=person.acquirer, scopes=list(scopes))
    return client_with(key.text)


def amounts(client: APIClient, **said: Any) -> list[int]:
    answer = client.get("/v1/payouts", said)
    assert answer.status_code == 200, answer.json()
    return [each["amount"] for each in answer.json()["data"]]


def refusal(client: APIClient, address: str, **said: Any) -> tuple[int, str]:
    answer = client.get(address, said)
    return answer.status_code, answer.json()["code"]


def test_a_payout_is_read_by_its_merchant_and_its_acquirer_and_by_nobody_else(
    acme: Person, rival: Person, outsider: Person, owe: Owe
) -> None:
    account = open_account(acme)
    mine, _rivals, _others = owe(acme, 12050), owe(rival, 500), owe(outsider, 900)
    sent_file(acme, account)
    ours = acquirers(acme, "settlements:read")

    assert amounts(acme.client()) == [12050]
    assert amounts(ours) == [500, 12050]
    assert amounts(ours, merchant=rival.merchant.public_id, status="sent") == [500]
    assert amounts(ours, pays_on_lt=str(mine.pays_on)) == []
    assert amounts(ours, livemode="true") == []
    assert amounts(acquirers(outsider, "settlements:read")) == [900]

    whole = acme.client().get(f"/v1/payouts/{mine.public_id}").json()
    assert [step["status"] for step in whole["steps"]] == ["instructed", "sent"]
    assert (whole["status"], whole["account_number"]) == ("sent", "••••8901")
    settled = acme.client().get(f"/v1/settlements/{whole['settlement']}").json()["payout"]
    assert settled == {name: said for name, said in whole.items() if name != "steps"}
    assert ours.get(f"/v1/payouts/{mine.public_id}").json() == whole
    for stranger in (rival.client(), outsider.client(), acquirers(outsider, "settlements:read")):
        assert refusal(stranger, f"/v1/payouts/{mine.public_id}") == (404, "not_found")


def test_what_a_key_may_not_ask_is_refused(acme: Person, outsider: Person) -> None:
    ours, mine = acquirers(acme, "settlements:read"), acme.client()
    bound = ApiKeyFactory(merchant=acme.merchant, store=acme.store, scopes=["settlements:read"])
    foreign = outsider.merchant.public_id
    for address in ("/v1/payouts", "/v1/fee_plan"):
        assert refusal(ours, address, merchant=foreign) == (404, "not_found")
        assert refusal(mine, address, merchant=foreign) == (400, "invalid_request")
        assert refusal(client_with(bound.text), address) == (403, "key_of_one_store")
        assert refusal(acquirers(acme, "merchants:read"), address) == (403, "missing_scope")
    assert refusal(mine, "/v1/payouts", livemode="true") == (400, "invalid_request")
    assert refusal(mine, "/v1/payouts", pays_on_lt="18.11.2026") == (400, "invalid_request")
    assert refusal(ours, "/v1/fee_plan") == (400, "invalid_request")
    assert refusal(mine, "/v1/journals") == (401, "invalid_api_key")


def test_a_merchant_reads_what_it_is_charged_and_what_comes(
    acme: Person, rival: Person, outsider: Person, clock: ManualClock
) -> None:
    plan = plan_of(acme, "HKD 0.85% + 0.50, min 1.00\nalipay HKD above 100000.00: 0.5%"
                         "\nalipay HKD 1%")  # fmt: skip
    starts = DAY + timedelta(days=30)
    terms = Terms(starts, read_prices("HKD 2%"))
    change_plan(staff_of(acme, Role.OWNER), plan, terms, reason="A new year.")
    assign(acme, plan)
    assign(acme, None, date(2027, 1, 1), at=clock.now())
    with tenant_scope(acme.acquirer.id):
        version = FeeVersion.objects.get(plan=plan, number=1)

    told = acme.client().get("/v1/fee_plan").json()

    current = told["current"]
    assert (current["fee_version"], current["plan"]) == (version.public_id, plan.name)
    assert (current["number"], current["rounding"], current["on_refund"]) == (
        1, "half_up", "returned",
    )  # fmt: skip
    any_scheme = {
        "text": "HKD 0.85% + 0.50, min 1.00", "scheme": None, "currency": "HKD",
        "basis_points": "85", "fixed": 50, "minimum": 100, "maximum": None, "above": 0,
        "first_day": None, "last_day": None, "first_days": None,
    }  # fmt: skip
    assert any_scheme in current["prices"]
    own = [(each["above"], each["basis_points"]) for each in current["prices"] if each["scheme"]]
    assert sorted(own) == [(0, "100"), (10_000_000, "50")]
    [coming] = told["coming"]
    assert (coming["number"], coming["starts_on"]) == (2, str(starts))
    assert [price["text"] for price in coming["prices"]] == ["HKD 2%"]
    assert told["next_plans"] == [{"starts_on": "2027-01-01", "plan": None}]
    name = {"merchant": acme.merchant.public_id}
    assert acquirers(acme, "settlements:read").get("/v1/fee_plan", name).json() == told
    for other in (rival, outsider):
        nothing = other.client().get("/v1/fee_plan").json()
        assert (nothing["current"], nothing["coming"], nothing["next_plans"]) == (None, [], [])
    with tenant_scope(acme.acquirer.id):
        assert FeePlan.objects.count() == 1


def test_an_acquirer_takes_its_journals_and_each_is_on_the_trail(
    acme: Person, outsider: Person, owe: Owe, clock: ManualClock
) -> None:
    owe(acme, 12050)
    clock.advance(86_400)
    made: Journal = make_journal(
        acme.acquirer, DAY, DAY, livemode=False, form="entries", actor="ada"
    )
    other = make_journal(outsider.acquirer, DAY, DAY, livemode=False, form="daily", actor="eve")
    ours = acquirers(acme, "settlements:read")

    [row] = ours.get("/v1/journals").json()["data"]

    assert (row["id"], row["totals"], row["sha256"]) == (
        made.public_id, {"HKD": 12050}, made.sha256,
    )  # fmt: skip
    assert ours.get("/v1/journals", {"form": "daily"}).json()["data"] == []
    taken = ours.get(f"/v1/journals/{made.public_id}/file")
    whole = b"".join(taken.streaming_content)  # type: ignore[attr-defined]
    assert len(whole) == made.size_bytes
    part = ours.get(f"/v1/journals/{made.public_id}/file", headers={"range": "bytes=0-3"})
    assert (part.status_code, b"".join(part.streaming_content)) == (206, b"date")  # type: ignore[attr-defined]
    assert refusal(ours, f"/v1/journals/{other.public_id}/file") == (404, "not_found")
    assert refusal(acquirers(acme, "merchants:read"), "/v1/journals") == (403, "missing_scope")
    with tenant_scope(acme.acquirer.id):
        trail = AuditEntry.objects.filter(table="journal_read", row_id=made.public_id)
        assert trail.count() == 2
