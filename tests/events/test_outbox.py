"""The outbox: an event is written with its fact or not at all, and never edited."""

import pytest
from django.db import DatabaseError, connection, transaction

from events.models import Event
from events.outbox import publish
from kernel import ids
from tenancy.fragments import Fragment, run
from tenancy.scope import tenant_scope
from tests.people import Person

pytestmark = pytest.mark.django_db

_FACT = """
SELECT %(fact_id)s::uuid AS id, %(fact_acquirer)s::uuid AS acquirer_id,
       %(fact_merchant)s::uuid AS merchant_id, false AS livemode WHERE %(fact_is)s::boolean
"""


def fact(person: Person, *, happened: bool) -> Fragment:
    values = {
        "id": ids.new_uuid(),
        "acquirer": person.acquirer.id,
        "merchant": person.merchant.id,
        "is": happened,
    }
    return Fragment("fact", _FACT, {f"fact_{name}": value for name, value in values.items()})


@pytest.mark.parametrize(("happened", "count"), [(True, 1), (False, 0)])
def test_an_event_is_written_if_its_fact_happened(acme: Person, happened: bool, count: int) -> None:
    with tenant_scope(acme.acquirer.id):
        event = publish("payment.succeeded", payload={"object": "payment"}, source="fact")
        run([fact(acme, happened=happened), event], tail="SELECT count(*) FROM fact")

        assert Event.objects.count() == count


def test_an_event_is_not_edited_and_not_another_merchants(acme: Person, rival: Person) -> None:
    with tenant_scope(acme.acquirer.id):
        event = publish("payment.succeeded", payload={"object": "payment"}, source="fact")
        run([fact(acme, happened=True), event], tail="SELECT count(*) FROM fact")
        with (
            pytest.raises(DatabaseError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute("UPDATE events_event SET type = 'payment.failed'")

    with tenant_scope(rival.acquirer.id, rival.merchant.id):
        assert not Event.objects.exists()
