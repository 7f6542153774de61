"""A merchant's way: each step from where it may be made, by whom it may, written down."""

from typing import Any

import pytest

from kernel import clock
from kernel.errors import Conflict, Forbidden, Rejected
from merchants.models import Merchant, MerchantStep, Registration, Store
from merchants.onboarding import RULES, Standing, Step
from merchants.services.move_merchant import activate_registered, move_merchant
from tenancy.scope import platform_scope, tenant_scope
from tests.factories.merchants import MerchantFactory, PartnerAccountFactory, StoreFactory
from tests.factories.tenancy import AcquirerFactory
from tests.people import Person

pytestmark = pytest.mark.django_db
ADA, BOB = "staff:ada@bank.example", "staff:bob@bank.example"
WHOLE = {
    "registration_number": "12345678",
    "registered_line1": "8 Pier Road",
    "registered_town": "Hong Kong",
    "responsible_name": "Ada Chan",
}


def make(person: Person, standing: Standing, **changes: Any) -> Merchant:
    """A merchant with all that is needed, that stands there."""
    merchant = MerchantFactory(
        acquirer=person.acquirer, status=standing.value,
        **(WHOLE | changes),
    )  # fmt: skip
    StoreFactory(merchant=merchant, line1="1 Queen's Road", town="Hong Kong")
    return merchant


def step(merchant: Merchant, what: Step, *, actor: str = ADA, reason: str = "") -> Merchant:
    with tenant_scope(merchant.acquirer_id):
        return move_merchant(merchant.id, what, actor=actor, reason=reason)


def steps_of(merchant: Merchant) -> list[tuple[str, str, str, str, str]]:
    with tenant_scope(merchant.acquirer_id):
        rows = MerchantStep.objects.filter(merchant=merchant).order_by("id")
        return list(rows.values_list("step", "from_status", "to_status", "actor", "reason"))


def stands(merchant: Merchant) -> str:
    with tenant_scope(merchant.acquirer_id):
        return Merchant.objects.get(id=merchant.id).status


# Written down a second time: where each step leads from where; every other one is refused.
LEADS = {
    ("draft", "take_on"): "active",
    ("draft", "submit"): "submitted",
    ("submitted", "review"): "in_review",
    ("submitted", "return"): "draft",
    ("in_review", "return"): "draft",
    ("approved", "return"): "draft",
    ("submitted", "approve"): "approved",
    ("in_review", "approve"): "approved",
    ("approved", "activate"): "active",
    ("active", "suspend"): "suspended",
    ("suspended", "resume"): "active",
    ("draft", "close"): "closed",
    ("submitted", "close"): "closed",
    ("in_review", "close"): "closed",
    ("approved", "close"): "closed",
    ("active", "close"): "closed",
    ("suspended", "close"): "closed",
}


@pytest.mark.parametrize("standing", list(Standing))
@pytest.mark.parametrize("what", list(Step))
def test_each_step_leads_where_the_table_says_and_nowhere_else(
    acme: Person, standing: Standing, what: Step
) -> None:
    merchant = make(acme, standing)
    target = LEADS.get((standing.value, what.value))
    if target is None:
        with pytest.raises(Conflict) as refused:
            step(merchant, what, reason="because")
        assert refused.value.code == "step_not_possible"
        assert (stands(merchant), steps_of(merchant)) == (standing.value, [])
        return

    assert step(merchant, what, reason="because").status == target
    assert steps_of(merchant) == [(what.value, standing.value, target, ADA, "because")]


@pytest.mark.parametrize("what", [Step.RETURN, Step.SUSPEND, Step.CLOSE])
def test_what_hurts_needs_a_reason(acme: Person, what: Step) -> None:
    merchant = make(acme, RULES[what].sources[0])

    with pytest.raises(Rejected) as refused:
        step(merchant, what, reason="  ")

    assert refused.value.errors[0].field == "reason"
    assert steps_of(merchant) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"registration_number": ""}, "Still missing: registration number."),
        ({"registered_line1": ""}, "Still missing: registered address."),
        ({"registered_town": ""}, "Still missing: registered address."),
        ({"responsible_name": ""}, "Still missing: responsible person."),
    ],
)
@pytest.mark.parametrize(("what", "at"), [(Step.SUBMIT, "draft"), (Step.APPROVE, "submitted")])
def test_an_incomplete_merchant_is_not_submitted_nor_approved(
    acme: Person, changes: dict[str, str], words: str, what: Step, at: str
) -> None:
    merchant = make(acme, Standing(at), **changes)

    with pytest.raises(Rejected) as refused:
        step(merchant, what)

    assert (refused.value.code, refused.value.detail) == ("merchant_incomplete", words)
    assert (stands(merchant), steps_of(merchant)) == (at, [])


@pytest.mark.parametrize(
    ("store", "words"),
    [
        ({"status": "closed"}, "Still missing: at least one active store."),
        ({"line1": ""}, "Still missing: an address of every active store."),
        ({"town": ""}, "Still missing: an address of every active store."),
    ],
)
def test_a_merchant_needs_a_store_with_an_address(
    acme: Person, store: dict[str, str], words: str
) -> None:
    merchant = make(acme, Standing.DRAFT)
    with platform_scope():
        Store.objects.filter(merchant=merchant).update(**store)

    with pytest.raises(Rejected) as refused:
        step(merchant, Step.SUBMIT)

    assert refused.value.detail == words


def test_who_submitted_may_not_approve_where_the_acquirer_says_so(
    acme: Person, outsider: Person
) -> None:
    acme.acquirer.approval_by_another = True
    acme.acquirer.save()
    ours, theirs = make(acme, Standing.DRAFT), make(outsider, Standing.DRAFT)
    for merchant in (ours, theirs):
        step(merchant, Step.SUBMIT, actor=ADA)

    assert step(theirs, Step.APPROVE, actor=ADA).status == "approved"
    with pytest.raises(Forbidden) as refused:
        step(ours, Step.APPROVE, actor=ADA)
    assert (refused.value.code, stands(ours)) == ("second_person_needed", "submitted")
    assert step(ours, Step.APPROVE, actor=BOB).status == "approved"


def test_it_counts_who_submitted_last(acme: Person) -> None:
    acme.acquirer.approval_by_another = True
    acme.acquirer.save()
    merchant = make(acme, Standing.DRAFT)
    step(merchant, Step.SUBMIT, actor=ADA)
    step(merchant, Step.RETURN, actor=BOB, reason="the address is wrong")
    step(merchant, Step.SUBMIT, actor=BOB)

    with pytest.raises(Forbidden):
        step(merchant, Step.APPROVE, actor=BOB)
    assert step(merchant, Step.APPROVE, actor=ADA).status == "approved"


def register(merchant: Merchant, account: Any, **changes: Any) -> None:
    with tenant_scope(merchant.acquirer_id):
        Registration.objects.create(
            acquirer_id=merchant.acquirer_id, merchant=merchant,
            store=merchant.stores.get(), partner_account=account,
            scheme_merchant_id=merchant.scheme_merchant_id, scheme_store_id="S", **changes,
        )  # fmt: skip


def taken() -> dict[str, Any]:
    return {"status": "registered", "registered_at": clock.now()}


def test_an_approved_merchant_is_activated_by_the_platform_once_alipay_has_taken_a_store(
    acme: Person,
) -> None:
    account = PartnerAccountFactory(acquirer=acme.acquirer, livemode=True, registers_stores=True)
    waiting, ready, draft = (
        make(acme, each) for each in (Standing.APPROVED, Standing.APPROVED, Standing.DRAFT)
    )
    register(waiting, account, status="in_review")
    register(ready, account, **taken())
    register(draft, account, **taken())

    assert activate_registered() == 1

    assert [stands(each) for each in (waiting, ready, draft)] == ["approved", "active", "draft"]
    assert steps_of(ready) == [("activate", "approved", "active", "platform", "")]
    assert activate_registered() == 0


def test_the_live_account_decides_where_there_is_one() -> None:
    test = PartnerAccountFactory(acquirer=AcquirerFactory(), registers_stores=True)
    live = PartnerAccountFactory(
        acquirer=test.acquirer, livemode=True, registers_stores=True, is_active=False
    )
    merchant = MerchantFactory(acquirer=test.acquirer, status="approved")
    StoreFactory(merchant=merchant)
    register(merchant, test, **taken())
    live.is_active = True
    with platform_scope():
        live.save()

    assert (activate_registered(), stands(merchant)) == (0, "approved")

    live.is_active = False
    with platform_scope():
        live.save()
    assert (activate_registered(), stands(merchant)) == (1, "active")


def test_who_has_nothing_to_wait_for_is_activated_at_once(acme: Person, outsider: Person) -> None:
    merchant = make(acme, Standing.APPROVED)  # its account registers no stores
    PartnerAccountFactory(acquirer=outsider.acquirer, livemode=True, registers_stores=True)
    theirs = make(outsider, Standing.APPROVED)

    assert activate_registered() == 1
    assert (stands(merchant), stands(theirs)) == ("active", "approved")


def test_the_history_cannot_be_changed(acme: Person) -> None:
    merchant = make(acme, Standing.DRAFT)
    step(merchant, Step.SUBMIT)

    with tenant_scope(acme.acquirer.id), pytest.raises(Exception, match="permission denied"):
        MerchantStep.objects.all().delete()
