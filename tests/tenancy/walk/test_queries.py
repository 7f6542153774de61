"""No list counts or reads its whole table."""

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin import AllValuesFieldListFilter
from django.contrib.admin.views.main import ChangeList
from django.test import RequestFactory

from tenancy.listing.paging import ROWS_LIMIT, BoundedPaginator
from tenancy.roles import Role
from tenancy.scope import platform_scope
from tests.factories.tenancy import StaffFactory

pytestmark = pytest.mark.django_db


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
