"""issue_api_key: what must not be issued, and what a bound key is."""

from datetime import timedelta

import pytest

from kernel.clock import ManualClock
from kernel.errors import Rejected
from merchants.models import ApiKey
from merchants.services import issue_api_key
from merchants.state import ALL_SCOPES
from tenancy.scope import tenant_scope
from tests.people import Person

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
