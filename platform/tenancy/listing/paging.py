"""Pages of a list: never a count of everything, never a leap past thousands of rows."""

from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.http import HttpRequest
from django.utils.functional import cached_property

if TYPE_CHECKING:  # the theme has no type hints of its own
    from django.contrib.admin.views.main import ChangeList
else:
    from unfold.views import ChangeList

# A list shows this many rows at most, page by page; what is older is found by day or by search.
ROWS_LIMIT = 1000


class BoundedPaginator(Paginator):  # type: ignore[type-arg]
    """Counts to ROWS_LIMIT and no further: the database stops reading there."""

    template_name = "tenancy/pages.html"
    rows_limit = ROWS_LIMIT

    @cached_property
    def _seen(self) -> int:
        rows: Any = self.object_list
        if isinstance(rows, list):
            return len(rows)
        return int(rows.select_related(None).values("pk")[: ROWS_LIMIT + 1].count())

    @cached_property
    def count(self) -> int:
        return min(self._seen, ROWS_LIMIT)

    @property
    def has_more(self) -> bool:
        """Whether there are rows that no page of this list shows."""
        return self._seen > ROWS_LIMIT


class BoundedList(ChangeList):
    """The list that belongs to it: there is no other count to compare with."""

    def apply_select_related(self, qs: Any) -> Any:
        """Read what rows point to apart: joined, row security hides from PostgreSQL how many
        rows match, and it reads all of an acquirer's payments to sort them."""
        named = self.list_select_related
        return qs.prefetch_related(*named) if isinstance(named, list | tuple) else qs

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.full_result_count = self.result_count
