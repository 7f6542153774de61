"""issue_api_key: what must not be issued, and what a bound key is."""

from datetime import timedelta

import pytest

from kernel.clock import ManualClock
from kernel.errors import Rejected
from merchants.models import ApiKey
from merchants.services import issue_api_key, revoke_api_key, roll_api_key
from merchants.state import ALL_SCOPES
from tenancy.scope import tenant_scope
from tests.factories.merchants import ApiKeyFactory
from tests.factories.tenancy import StaffFactory
from tests.people import Person, client_with

pytestmark = pytest.mark.django_db


def test_a_key_may_do_everything_unless_said_otherwise(acme: Person) -> None:
    with tenant_scope(acme.acquirer.pk):
        key, _ = issue_api_key(merchant=acme.merchant, label="Till", livemode=False)
        bound, _ = issue_api_key(
            merchant=acme.merchant,
            label="Till",
            livemode=False,
            scopes=["stores:read", "stores:read"],
            store=acme.store,
        )

        assert ApiKey.objects.get(pk=key.pk).scopes == list(ALL_SCOPES)
        kept = ApiKey.objects.get(pk=bound.pk)
    assert (kept.scopes, kept.store_id) == (["stores:read"], acme.store.pk)
    assert (key.store_id, key.expires_at, key.revoked_at, key.is_usable) == (None, None, None, True)


def test_a_key_that_must_not_be_is_refused_by_field(
    clock: ManualClock, acme: Person, rival: Person
) -> None:
    faulty = {
        "scopes": {"scopes": ["everything"]},
        "store": {"store": rival.store},
        "expires_at": {"expires_at": clock.now() - timedelta(seconds=1)},
        "label": {"label": "x" * 65},
    }
    with tenant_scope(acme.acquirer.pk):
        before = ApiKey.objects.count()
        for field, changed in faulty.items():
            given = {"merchant": acme.merchant, "label": "Till", "livemode": False} | changed
            with pytest.raises(Rejected) as caught:
                issue_api_key(**given)
            assert [fault.field for fault in caught.value.errors] == [field]
        with pytest.raises(Rejected):
            issue_api_key(merchant=acme.merchant, label="Till", livemode=False, scopes=[])

        assert ApiKey.objects.count() == before


def test_a_rolled_key_has_the_same_rights_and_the_old_one_goes_on_for_the_overlap(
    clock: ManualClock, acme: Person
) -> None:
    with tenant_scope(acme.acquirer.pk):
        old, old_text = issue_api_key(
            merchant=acme.merchant,
            label="Till",
            livemode=True,
            scopes=["stores:read"],
            terminal=acme.terminal,
            allowed_networks=["127.0.0.0/8"],
        )
        new, new_text = roll_api_key(old, overlap=timedelta(hours=24))

        kept = ApiKey.objects.get(pk=new.pk)
    same = ("merchant_id", "store_id", "terminal_id", "label", "livemode", "scopes")
    assert [getattr(kept, name) for name in same] == [getattr(old, name) for name in same]
    assert (kept.allowed_networks, kept.replaces_id) == (["127.0.0.0/8"], old.pk)
    assert (kept.expires_at, old.expires_at) == (None, clock.now() + timedelta(hours=24))
    assert statuses(old_text, new_text) == [200, 200]
    clock.advance(24 * 3600 - 0.001)
    assert statuses(old_text, new_text) == [200, 200]
    clock.advance(0.001)
    assert statuses(old_text, new_text) == [401, 200]


def test_without_overlap_the_old_key_ends_now(acme: Person) -> None:
    with tenant_scope(acme.acquirer.pk):
        _, text = roll_api_key(acme.key, overlap=timedelta())

    assert statuses(acme.key_text, text) == [401, 200]


def test_a_key_with_an_end_is_followed_by_one_that_lives_as_long(
    clock: ManualClock, acme: Person
) -> None:
    with tenant_scope(acme.acquirer.pk):
        old, _ = issue_api_key(
            merchant=acme.merchant,
            label="Till",
            livemode=False,
            expires_at=clock.now() + timedelta(days=90),
        )
        clock.advance(89 * 24 * 3600)
        new, _ = roll_api_key(old, overlap=timedelta(days=7))

    assert old.expires_at == clock.now() + timedelta(days=1)  # never later than it was
    assert new.expires_at == clock.now() + timedelta(days=90)


def test_a_key_is_rolled_once_until_its_follower_is_gone(acme: Person) -> None:
    with tenant_scope(acme.acquirer.pk):
        new, _ = roll_api_key(acme.key, overlap=timedelta(hours=1))
        with pytest.raises(Rejected) as refused:
            roll_api_key(acme.key, overlap=timedelta(hours=1))
        assert new.public_id in refused.value.errors[0].message
        assert ApiKey.objects.filter(merchant=acme.merchant).count() == 2
        revoke_api_key(new)
        again, _ = roll_api_key(acme.key, overlap=timedelta(hours=1))
    assert again.replaces_id == acme.key.pk


@pytest.mark.parametrize("overlap", [timedelta(seconds=-1), timedelta(days=90, seconds=1)])
def test_an_overlap_out_of_bounds_is_refused_and_nothing_moves(
    overlap: timedelta, acme: Person
) -> None:
    with tenant_scope(acme.acquirer.pk):
        with pytest.raises(Rejected) as refused:
            roll_api_key(acme.key, overlap=overlap)
        assert refused.value.errors[0].field == "overlap"
        assert ApiKey.objects.get(merchant=acme.merchant).expires_at is None


def test_an_ended_key_is_never_rolled(clock: ManualClock, acme: Person) -> None:
    with tenant_scope(acme.acquirer.pk):
        revoke_api_key(acme.key)
        expired = ApiKeyFactory(merchant=acme.merchant, expires_at=clock.now())
        for ended in (acme.key, expired):
            with pytest.raises(Rejected):
                roll_api_key(ended, overlap=timedelta(hours=1))
        assert ApiKey.objects.filter(merchant=acme.merchant).count() == 2


def test_nobody_rolls_the_key_of_another_acquirer(acme: Person, outsider: Person) -> None:
    with tenant_scope(outsider.acquirer.pk), pytest.raises(ApiKey.DoesNotExist):
        roll_api_key(acme.key, overlap=timedelta(hours=1))

    assert statuses(acme.key_text) == [200]


def test_who_issued_rolled_and_revoked_stands_at_the_key(acme: Person) -> None:
    ann, bob = StaffFactory(acquirer=acme.acquirer), StaffFactory(acquirer=acme.acquirer)
    with tenant_scope(acme.acquirer.pk):
        new, _ = roll_api_key(acme.key, overlap=timedelta(), rolled_by=ann)
        revoke_api_key(new, revoked_by=bob)
        revoke_api_key(new, revoked_by=ann)

        kept = ApiKey.objects.get(pk=new.pk)
    assert (kept.created_by, kept.revoked_by) == (ann, bob)


def statuses(*texts: str) -> list[int]:
    return [client_with(text).get("/v1/stores").status_code for text in texts]
