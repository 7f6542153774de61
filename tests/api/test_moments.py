"""A moment in a request is RFC 3339 with its zone: what a number means would be a guess."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from django.http import QueryDict

from api.bodies import Body, Moment, Query, read, read_query
from kernel.errors import Rejected


class _Sent(Body):
    at: Moment | None = None


class _Asked(Query):
    at: Moment | None = None


@pytest.mark.parametrize(
    "text",
    ["2026-11-22T06:30:05Z", "2026-11-22T14:30:05+08:00", "2026-11-22t06:30:05.000000z"],
)
def test_rfc_3339_is_read_with_its_zone(text: str) -> None:
    moment = datetime(2026, 11, 22, 6, 30, 5, tzinfo=UTC)

    assert read(_Sent, {"at": text}).at == moment
    assert read_query(_Asked, QueryDict(urlencode({"at": text}))).at == moment


@pytest.mark.parametrize(
    "value",
    ["1", "1763793005", "1763793005000", "2026-11-22", "2026-11-22T06:30:05",
     "2026-13-22T06:30:05Z", "20261122T063005Z", "2026-11-22T06:30:05 08:00", "", "now",
     "\uff12026-11-22T06:30:05Z"],
)  # fmt: skip
def test_anything_else_is_refused_and_the_answer_says_what_is_wanted(value: str) -> None:
    with pytest.raises(Rejected) as refused:
        read_query(_Asked, QueryDict(urlencode({"at": value})))

    [fault] = refused.value.errors
    assert (fault.field, fault.code) == ("at", "not_a_time")
    assert "RFC 3339 with a zone" in fault.message


@pytest.mark.parametrize("value", [1, 1763793005, 1.5, True, [], {}])
def test_a_number_in_a_body_is_no_moment(value: Any) -> None:
    with pytest.raises(Rejected):
        read(_Sent, {"at": value})
