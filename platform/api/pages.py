"""Lists: newest first, a page at a time; the cursor is the id of the last row seen."""

from collections.abc import Callable
from typing import Annotated, Any, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
from pydantic import Field

from api.bodies import Query
from kernel.errors import FieldError, Rejected
from kernel.ids import InvalidId

Row = TypeVar("Row", bound=Model)


class PageQuery(Query):
    """``limit`` 1 to 100, 20 if absent; ``cursor`` from the previous page's ``next_cursor``."""

    limit: Annotated[int, Field(ge=1, le=100)] = 20
    cursor: Annotated[str, Field(max_length=64)] | None = None


def narrow(rows: QuerySet[Row, Row], **wanted: Any) -> QuerySet[Row, Row]:
    """``rows`` narrowed by every filter of the list that was given: that is not None."""
    return rows.filter(**{name: said for name, said in wanted.items() if said is not None})


def page(
    rows: QuerySet[Row, Row],
    query: PageQuery,
    *,
    read_cursor: Callable[[str], UUID],
    show: Callable[[Row], dict[str, Any]],
) -> dict[str, Any]:
    """One page of ``rows``; raises Rejected ``invalid_request`` for a cursor that is no id."""
    rows = rows.order_by("-id")
    if query.cursor is not None:
        rows = rows.filter(id__lt=_last_seen(query.cursor, read_cursor))
    found = list(rows[: query.limit + 1])
    data = [show(row) for row in found[: query.limit]]
    has_more = len(found) > query.limit
    return {"data": data, "has_more": has_more, "next_cursor": data[-1]["id"] if has_more else None}


def _last_seen(cursor: str, read_cursor: Callable[[str], UUID]) -> UUID:
    try:
        return read_cursor(cursor)
    except InvalidId:
        fault = FieldError("cursor", "not_a_cursor", "Use the next_cursor of the page before.")
        raise Rejected("invalid_request", "Please correct: cursor.", errors=(fault,)) from None
