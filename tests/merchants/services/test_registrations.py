"""A store is announced to Alipay, asked about with growing gaps, and then at rest."""

from typing import Any

import pytest

from kernel.clock import ManualClock
from merchants.models import PartnerAccount, Registration, Store
from merchants.registration_state import GAPS_SECONDS, NEXT, RegistrationStatus, gap_seconds
from merchants.services import register, sweep_registrations
from merchants.services.drive_registration import REGISTRATIONS, drive_registration
from tenancy import handing_out
from tenancy.scope import platform_scope, tenant_scope
from tests.factories.merchants import PartnerAccountFactory, StoreFactory
from tests.fakes import (
    NEVER_HEARD_OF,
    NOT_TAKEN,
    RECEIVED,
    SILENCE,
    TAKEN,
    UNDER_REVIEW,
    FakeScheme,
)
from tests.people import Person

pytestmark = pytest.mark.django_db


def open_account(person: Person, **changes: Any) -> PartnerAccount:
    """The person's account announces stores from now on."""
    with platform_scope():
        PartnerAccount.objects.filter(id=person.partner_account.id).update(
            registers_stores=True, **changes
        )
        return PartnerAccount.objects.get(id=person.partner_account.id)


def opened(person: Person) -> Registration:
    """The registration of the person's store."""
    open_account(person)
    register.request_missing()
    with tenant_scope(person.acquirer.id):
        return Registration.objects.get(store=person.store)


def drive(row: Registration) -> Registration:
    """One step; the row as it is then."""
    drive_registration(row.id, acquirer_id=row.acquirer_id)
    with tenant_scope(row.acquirer_id):
        return Registration.objects.get(id=row.id)


def until(row: Registration, clock: ManualClock) -> int:
    """Seconds until the next call."""
    assert row.due_at is not None
    return int((row.due_at - clock.now()).total_seconds())


def test_a_store_is_announced_with_what_alipay_asks_for(acme: Person, scheme: FakeScheme) -> None:
    scheme.will("register", RECEIVED)
    with tenant_scope(acme.acquirer.id):
        acme.merchant.registration_number = "12345678"
        acme.merchant.responsible_name = "Ada Chan"
        acme.merchant.responsible_id = "A123456(7)"
        acme.merchant.save()

    drive(opened(acme))

    (told,) = scheme.asked("register")
    assert told.merchant_id == acme.merchant.scheme_merchant_id
    assert told.store_id == acme.store.scheme_store_id
    assert (told.merchant_name, told.store_name) == ("Harbour Tea Limited", "Harbour Tea Central")
    assert (told.mcc, told.store_country, told.merchant_type) == ("5812", "HK", "ENTERPRISE")
    assert (told.registration_number, told.responsible_name) == ("12345678", "Ada Chan")
    assert told.responsible_id == "A123456(7)"


def test_a_store_is_received_looked_at_and_taken(
    acme: Person, scheme: FakeScheme, clock: ManualClock
) -> None:
    scheme.will("register", RECEIVED)
    scheme.will("registration", UNDER_REVIEW, TAKEN)

    row = drive(opened(acme))
    assert (row.status, until(row, clock)) == ("in_review", 3)
    clock.advance(3)
    row = drive(row)
    assert (row.status, row.code, until(row, clock)) == ("in_review", "UNDER_REVIEW", 10)
    clock.advance(10)
    row = drive(row)

    assert (row.status, row.due_at, row.registered_at) == ("registered", None, clock.now())
    assert scheme.kinds() == ["register", "registration", "registration"]


def test_a_review_of_days_is_asked_about_with_growing_gaps(
    acme: Person, scheme: FakeScheme, clock: ManualClock
) -> None:
    scheme.will("register", RECEIVED)
    scheme.will("registration", UNDER_REVIEW)
    row = drive(opened(acme))
    gaps = []
    for _ in range(9):
        gaps.append(until(row, clock))
        clock.advance(gaps[-1])
        row = drive(row)

    assert gaps == [3, 10, 30, 60, 300, 900, 3600, 3600, 3600]


def test_a_refusal_is_kept_in_alipays_words_and_nobody_asks_on(
    acme: Person, scheme: FakeScheme, clock: ManualClock
) -> None:
    scheme.will("register", RECEIVED)
    scheme.will("registration", NOT_TAKEN)
    row = drive(opened(acme))
    clock.advance(3)
    row = drive(row)

    assert (row.status, row.reason) == ("refused", "risk control: documents do not match")
    assert (row.due_at, row.registered_at) == (None, None)


def test_a_corrected_merchant_is_announced_again_and_others_are_left_alone(
    acme: Person, outsider: Person, scheme: FakeScheme, clock: ManualClock
) -> None:
    scheme.will("register", NOT_TAKEN)
    ours, theirs = drive(opened(acme)), drive(opened(outsider))
    with tenant_scope(acme.acquirer.id):
        acme.merchant.legal_name = "Harbour Tea (HK) Limited"
        acme.merchant.save()
    scheme.will("register", RECEIVED)

    row = drive(ours)

    assert (row.status, row.reason) == ("in_review", "")
    assert scheme.asked("register")[-1].merchant_name == "Harbour Tea (HK) Limited"
    assert drive(theirs).status == "refused"
    assert len(scheme.asked("register")) == 3


def test_saving_what_alipay_does_not_know_announces_nothing(
    acme: Person, scheme: FakeScheme
) -> None:
    scheme.will("register", NOT_TAKEN)
    row = drive(opened(acme))
    with tenant_scope(acme.acquirer.id):
        acme.merchant.payment_timeout_seconds = 60
        acme.merchant.save()

    assert drive(row).status == "refused"
    assert scheme.kinds() == ["register"]


def test_a_change_during_a_call_is_not_lost(acme: Person, scheme: FakeScheme) -> None:
    row = opened(acme)

    def rename() -> Any:
        with tenant_scope(acme.acquirer.id):
            register.send_again(row.id)
        return RECEIVED

    scheme.will("register", rename, RECEIVED)

    after = drive(row)
    assert (after.status, after.claim) == ("to_send", None)
    assert drive(after).status == "in_review"


def test_a_store_under_another_name_is_another_store(
    acme: Person, scheme: FakeScheme, clock: ManualClock
) -> None:
    scheme.will("register", RECEIVED)
    scheme.will("registration", TAKEN)
    row = drive(opened(acme))
    clock.advance(3)
    assert drive(row).registered_at is not None
    with tenant_scope(acme.acquirer.id):
        acme.store.scheme_store_id = "S-NEW"
        acme.store.save()

    row = drive(row)

    assert (row.scheme_store_id, row.registered_at, row.status) == ("S-NEW", None, "in_review")


def test_a_changed_store_stays_registered_while_alipay_looks(
    acme: Person, scheme: FakeScheme, clock: ManualClock
) -> None:
    scheme.will("register", RECEIVED)
    scheme.will("registration", TAKEN)
    row = drive(opened(acme))
    clock.advance(3)
    registered_at = drive(row).registered_at
    with tenant_scope(acme.acquirer.id):
        acme.store.name = "Harbour Tea Peak"
        acme.store.save()

    row = drive(row)

    assert (row.status, row.registered_at) == ("in_review", registered_at)
    assert registered_at is not None


def test_a_store_that_alipay_never_heard_of_is_announced_again(
    acme: Person, scheme: FakeScheme, clock: ManualClock
) -> None:
    scheme.will("register", RECEIVED)
    scheme.will("registration", NEVER_HEARD_OF)
    row = drive(opened(acme))
    clock.advance(3)

    assert drive(row).status == "to_send"


def test_silence_changes_nothing_and_is_asked_again_later(
    acme: Person, scheme: FakeScheme, clock: ManualClock
) -> None:
    scheme.will("register", SILENCE)
    row = drive(opened(acme))
    assert (row.status, row.tries, until(row, clock)) == ("to_send", 1, 3)
    clock.advance(3)
    row = drive(row)

    assert (row.status, row.tries, until(row, clock)) == ("to_send", 2, 10)


def test_who_dies_after_the_claim_leaves_a_row_that_is_found_again(
    acme: Person, scheme: FakeScheme, clock: ManualClock
) -> None:
    row = opened(acme)

    def die() -> Any:
        raise SystemExit

    scheme.will("register", die, RECEIVED)
    with pytest.raises(SystemExit):
        drive(row)
    assert drive(row).status == "to_send"  # the lease still holds: no call
    assert len(scheme.asked("register")) == 1
    clock.advance(REGISTRATIONS.lease.total_seconds())

    assert drive(row).status == "in_review"


def test_keys_that_cannot_work_are_said_on_the_row(acme: Person, clock: ManualClock) -> None:
    row = opened(acme)
    open_account(acme, sign_type="RSA2", private_key="no key")

    row = drive(row)

    assert row.status == "to_send"
    assert row.reason.startswith("The partner account cannot be used: ")
    assert until(row, clock) == 3


@pytest.mark.parametrize(
    ("whose", "changes"),
    [
        ("account", {"registers_stores": False}),
        ("account", {"is_active": False}),
        ("store", {"status": "closed"}),
        ("merchant", {"status": "suspended"}),
    ],
)
def test_nobody_asks_for_what_cannot_sell(
    acme: Person, whose: str, changes: dict[str, Any]
) -> None:
    open_account(acme)
    row = acme.partner_account if whose == "account" else getattr(acme, whose)
    with platform_scope():
        type(row).objects.filter(id=row.id).update(**changes)

    assert register.request_missing() == 0


def test_each_store_has_one_row_for_each_account_of_its_own_acquirer(
    acme: Person, outsider: Person
) -> None:
    open_account(acme)
    open_account(outsider)
    live = PartnerAccountFactory(acquirer=acme.acquirer, livemode=True, registers_stores=True)
    second = StoreFactory(merchant=acme.merchant)

    assert register.request_missing() == 5
    assert register.request_missing() == 0

    with tenant_scope(acme.acquirer.id):
        pairs = set(Registration.objects.values_list("store_id", "partner_account_id"))
    accounts = (acme.partner_account.id, live.id)
    assert pairs == {(store.id, each) for store in (acme.store, second) for each in accounts}
    with tenant_scope(outsider.acquirer.id):
        assert Registration.objects.get().store_id == outsider.store.id


def test_the_sweep_hands_out_what_is_due_and_nothing_else(
    acme: Person, outsider: Person, monkeypatch: pytest.MonkeyPatch, clock: ManualClock
) -> None:
    handed: list[tuple[Any, ...]] = []
    monkeypatch.setattr(
        handing_out.current_app, "send_task", lambda name, args, **_: handed.append((name, *args))
    )
    ours, theirs = opened(acme), opened(outsider)
    with platform_scope():
        Registration.objects.filter(id=theirs.id).update(due_at=None)

    assert sweep_registrations.sweep() == 1
    assert handed == [(REGISTRATIONS.task, str(ours.id), str(acme.acquirer.id))]


def test_every_status_that_calls_has_an_answer_for_every_word() -> None:
    calling = {RegistrationStatus.TO_SEND, RegistrationStatus.IN_REVIEW}

    assert {status for status, _ in NEXT} == calling
    assert len(NEXT) == 8
    assert [gap_seconds(tries) for tries in (0, 1, 7, 99)] == [3, 3, 3600, GAPS_SECONDS[-1]]


def test_no_other_acquirer_sees_a_registration(acme: Person, outsider: Person) -> None:
    opened(acme)
    with tenant_scope(outsider.acquirer.id):
        assert list(Registration.objects.all()) == []
        assert not Store.objects.filter(registrations__isnull=False).exists()
