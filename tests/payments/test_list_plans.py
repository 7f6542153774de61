"""The newest-first lists of the console walk an index: nothing is sorted, however many rows."""

from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.db import connection, transaction
from django.db.models import QuerySet
from django.test import RequestFactory

from payments.admin.payments import StatusFilter
from payments.models import Payment
from tenancy.scope import tenant_scope
from tests.people import Person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _as_if_the_table_were_big() -> Iterator[None]:
    """An empty table is read whole and sorted; a big one is not."""
    with transaction.atomic(), connection.cursor() as cursor:
        for name in ("seqscan", "bitmapscan", "sort"):
            cursor.execute(f"SET LOCAL enable_{name} = off")
        yield


def kept_plan(rows: QuerySet[Payment]) -> str:
    """How PostgreSQL goes about it whatever the parameters are, as it keeps a plan in the end."""
    sql, params = rows[:50].query.sql_with_params()
    numbered = sql % tuple(f"${number}" for number in range(1, len(params) + 1))
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (GENERIC_PLAN) {numbered}")
        return "\n".join(line for (line,) in cursor.fetchall())


def with_status(word: str) -> QuerySet[Payment]:
    request = RequestFactory().get("/", {"status": word})
    page = admin.site._registry[Payment]
    chosen = StatusFilter(request, {"status": [word]}, Payment, page)
    found: QuerySet[Payment] = chosen.queryset(request, Payment.objects.order_by("-pk"))
    return found


def test_the_newest_of_all_are_read_from_the_index(acme: Person) -> None:
    with tenant_scope(acme.acquirer.pk):
        plan = kept_plan(Payment.objects.order_by("-pk"))

    assert "Index Scan using payment_of_acquirer" in plan
    assert "Sort" not in plan


@pytest.mark.parametrize("word", ["failed", "canceled"])
def test_what_is_rare_has_an_index_of_its_own_in_a_kept_plan_too(word: str, acme: Person) -> None:
    with tenant_scope(acme.acquirer.pk):
        plan = kept_plan(with_status(word))

    assert "Index Scan using payment_that_failed" in plan
    assert "Sort" not in plan
