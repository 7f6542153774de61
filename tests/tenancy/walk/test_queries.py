"""However many rows a page shows, it asks the database a bounded number of times."""

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin import AllValuesFieldListFilter
from django.contrib.admin.views.main import ChangeList
from django.db import DatabaseError, connection, models, transaction
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from kernel import ids
from tenancy.listing.paging import ROWS_LIMIT, BoundedPaginator
from tenancy.models import Staff
from tenancy.roles import Role
from tenancy.scope import platform_scope
from tenancy.scoped import TenantModel
from tests.factories.tenancy import StaffFactory
from tests.tenancy.walk.addresses import every_address
from tests.tenancy.walk.furnish import World, furnish

pytestmark = pytest.mark.django_db

QUERIES_LIMIT = 30
ROWS = 40  # more than the limit: one query per row is found out


@pytest.fixture
def world() -> World:
    world = furnish("CROWDED")
    with platform_scope():
        for row in list(world.rows.values()):
            if isinstance(row, TenantModel):
                multiply(row)
    return world


def multiply(row: Any) -> None:
    """ROWS more like ``row``, where its table has no rule against it."""
    keys = {name for unique in row._meta.total_unique_constraints for name in unique.fields}
    for number in range(ROWS):
        values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
        values["id"] = ids.new_uuid()
        for name in keys - {"id"}:
            if isinstance(row._meta.get_field(name), models.CharField):
                values[name] = f"{str(values[name])[:8]}{number}"
        try:
            with transaction.atomic():
                type(row).objects.bulk_create([type(row)(**values)])
        except DatabaseError:
            return


def asked_by(staff: Staff, path: str) -> tuple[int, int]:
    """The status of the page, and how many queries it took."""
    client = Client()
    client.force_login(staff, "tenancy.authentication.PasswordBackend")
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(path)
    return answer.status_code, len(queries)


@pytest.mark.parametrize("role", [Role.OWNER, Role.OPERATOR])
def test_no_page_asks_more_often_than_the_limit(world: World, role: Role) -> None:
    acquirer = None if role == Role.OPERATOR else world.person.acquirer
    staff = StaffFactory(role=role, acquirer=acquirer)

    # What hangs on a row is looked for in every table before it is deleted: once each.
    pages = [each for each in every_address() if not each.name.endswith("_delete")]
    asked = {page.fill(world): asked_by(staff, page.fill(world)) for page in pages}

    shown = {path: count for path, (status, count) in asked.items() if status == 200}
    assert len(shown) > 2 * len(admin.site._registry) - 10  # lists and rows are among them
    assert {path: count for path, count in shown.items() if count > QUERIES_LIMIT} == {}


@pytest.mark.parametrize("page", admin.site._registry.values(), ids=str)
def test_no_list_counts_or_reads_its_whole_table(page: Any) -> None:
    """A filter that reads all values of a column reads the whole table; so does a full count."""
    assert issubclass(page.paginator, BoundedPaginator)
    assert page.show_full_result_count is False
    assert page.date_hierarchy is None
    request = RequestFactory().get("/")
    request.user = StaffFactory(role=Role.OPERATOR, acquirer=None)
    with platform_scope():
        listing: ChangeList = page.get_changelist_instance(request)
    assert [spec for spec in listing.filter_specs if type(spec) is AllValuesFieldListFilter] == []


def test_a_list_ends_at_its_limit_and_says_so() -> None:
    short, long = BoundedPaginator([0] * 7, 5), BoundedPaginator([0] * (ROWS_LIMIT + 1), 5)

    assert (short.count, short.has_more) == (7, False)
    assert (long.count, long.has_more) == (ROWS_LIMIT, True)
    assert long.num_pages == ROWS_LIMIT // 5
