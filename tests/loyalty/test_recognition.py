"""A wallet that is known again: only with consent, in one programme, and never by its own name."""

from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from rest_framework.test import APIClient

from events.models import Event
from kernel.clock import ManualClock
from loyalty.models import Member, WalletLink
from loyalty.services.check_points import check_points
from loyalty.services.forget import forget_member
from loyalty.services.sweep import sweep
from payments.models import Payment
from tenancy.scope import platform_scope
from tests.factories.loyalty import make_member, make_programme
from tests.fakes import PAID, FakeScheme
from tests.payments.api.test_payments import NOW, body
from tests.people import Person

pytestmark = pytest.mark.django_db
MEI, KAI = "2088000000000099", "2088000000000100"


def paid_by(buyer: str) -> Any:
    return replace(PAID, trade=replace(PAID.trade, payer_user_id=buyer))


def sell(person: Person, scheme: FakeScheme, number: int, buyer: str = MEI, **changes: Any) -> Any:
    scheme.will("pay", paid_by(buyer))
    order = body(person, merchant_reference=f"T-{number}", **changes)
    answer = person.client().post("/v1/payments", order, format="json", **NOW)
    assert answer.status_code in {200, 201}, answer.json()
    return answer.json()


def agree(person: Person, member: Member, *, given: bool = True) -> None:
    consent = {"purpose": "wallet", "wording_version": "2026-11", "given": given}
    path = f"/v1/members/{member.public_id}/consents"
    assert person.client().post(path, consent, format="json").status_code == 201


def wallets() -> int:
    with platform_scope():
        return WalletLink.objects.count()


def test_a_wallet_that_paid_for_a_member_is_known_again_and_earns(
    api: APIClient, acme: Person, scheme: FakeScheme, clock: ManualClock
) -> None:
    member = make_member(acme, make_programme(acme))
    agree(acme, member)
    sell(acme, scheme, 1, member=member.card_number)

    shown = sell(acme, scheme, 2)

    assert shown["member"] == member.public_id
    assert api.get(f"/v1/payments/{shown['id']}").json() == shown
    with platform_scope():
        told = Event.objects.get(object_id=Payment.public_id_to_uuid(shown["id"]))
    assert told.payload == shown  # a payment shows for ever what its event said
    clock.advance(2)
    sweep()
    assert api.get(f"/v1/members/{member.public_id}").json()["points"] == 240
    assert api.get(f"/v1/members/{member.public_id}").json()["wallet_is_known"] is True


def test_a_repetition_need_not_know_who_was_recognized(acme: Person, scheme: FakeScheme) -> None:
    member = make_member(acme, make_programme(acme))
    agree(acme, member)
    sell(acme, scheme, 1, member=member.public_id)
    first = sell(acme, scheme, 2)

    again = sell(acme, scheme, 2)
    order = body(acme, merchant_reference="T-2", member=member.public_id)
    other = acme.client().post("/v1/payments", order, format="json", **NOW)

    assert again == first
    assert (other.status_code, other.json()["code"]) == (409, "reference_reused")


def test_nothing_is_kept_of_a_wallet_without_consent(acme: Person, scheme: FakeScheme) -> None:
    member = make_member(acme, make_programme(acme))

    sell(acme, scheme, 1, member=member.public_id)

    assert (wallets(), sell(acme, scheme, 2)["member"]) == (0, None)


def test_consent_that_is_taken_back_and_forgetting_end_it_at_once(
    acme: Person, scheme: FakeScheme
) -> None:
    member = make_member(acme, make_programme(acme))
    agree(acme, member)
    sell(acme, scheme, 1, member=member.public_id)
    assert wallets() == 1

    agree(acme, member, given=False)
    sell(acme, scheme, 2, member=member.public_id)
    assert (wallets(), sell(acme, scheme, 3)["member"]) == (0, None)

    agree(acme, member)
    sell(acme, scheme, 4, member=member.public_id)
    assert sell(acme, scheme, 5)["member"] == member.public_id
    with platform_scope():
        forget_member(member)
    assert (wallets(), sell(acme, scheme, 6)["member"]) == (0, None)
    assert check_points(acme.acquirer) == []


def test_a_wallet_stays_with_the_member_it_was_first_known_of(
    acme: Person, scheme: FakeScheme
) -> None:
    programme = make_programme(acme)
    first, second = make_member(acme, programme), make_member(acme, programme)
    agree(acme, first)
    agree(acme, second)
    sell(acme, scheme, 1, member=first.public_id)

    sell(acme, scheme, 2, member=second.public_id)

    assert sell(acme, scheme, 3)["member"] == first.public_id
    assert sell(acme, scheme, 4, buyer=KAI)["member"] is None


def test_merchants_of_one_programme_share_wallets_and_programmes_cannot_compare_them(
    acme: Person, rival: Person, outsider: Person, scheme: FakeScheme
) -> None:
    shared, foreign = make_programme(acme, rival), make_programme(outsider)
    ours, theirs = make_member(acme, shared), make_member(outsider, foreign)
    agree(acme, ours)
    agree(outsider, theirs)
    sell(acme, scheme, 1, member=ours.public_id)
    sell(outsider, scheme, 1, member=theirs.public_id)

    assert sell(rival, scheme, 2)["member"] == ours.public_id
    assert sell(outsider, scheme, 2)["member"] == theirs.public_id
    with platform_scope():
        digests = {bytes(row) for row in WalletLink.objects.values_list("digest", flat=True)}
    assert len(digests) == 2  # of the same wallet


def test_the_buyers_id_stands_nowhere(acme: Person, scheme: FakeScheme) -> None:
    member = make_member(acme, make_programme(acme))
    agree(acme, member)
    sell(acme, scheme, 1, member=member.public_id)
    sell(acme, scheme, 2)

    with platform_scope(), connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(
                f'SELECT count(*) FROM "{table}" t WHERE to_jsonb(t)::text LIKE %s',  # noqa: S608
                [f"%{MEI}%"],
            )
            assert cursor.fetchone() == (0,), table


def test_the_database_itself_leaves_out_a_wallet_without_consent(acme: Person) -> None:
    member = make_member(acme, make_programme(acme))
    with platform_scope():
        WalletLink.objects.bulk_create(
            [
                WalletLink(
                    acquirer=acme.acquirer, programme_id=member.programme_id, member=member,
                    livemode=False, scheme="alipay", digest=b"1" * 32,
                )
            ]
        )  # fmt: skip

    assert wallets() == 0
