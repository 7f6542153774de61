"""A business day in a query: ``2026-11-22``."""

from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError


def _day(text: Any) -> date:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        raise PydanticCustomError("not_a_day", "Must be a day such as 2026-11-22.") from None


BusinessDate = Annotated[date, BeforeValidator(_day)]
