"""Prefer and Accept-Language as callers write them."""

import pytest
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from payments.api.headers import read_language, read_wait


def request(**headers: str) -> Request:
    return Request(APIRequestFactory().get("/", headers=headers))


@pytest.mark.parametrize(
    ("prefer", "seconds"),
    [
        ("", 10),
        ("wait=0", 0),
        ("wait=25", 25),
        ("wait=3600", 60),
        ("respond-async, wait=5", 5),
        ("Wait = 7", 7),
        ('wait="8"', 8),
        ("wait=-1", 10),
        ("wait=soon", 10),
        ("await=3", 10),
    ],
)
def test_the_wait_is_read_bounded_and_ignored_where_it_cannot_be_read(
    prefer: str, seconds: int
) -> None:
    assert read_wait(request(Prefer=prefer)) == seconds


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"),
        ("*", "en"),
        ("zh", "zh-Hans"),
        ("zh-Hans-HK", "zh-Hans"),
        ("zh-MO", "zh-Hant"),
        ("zh-TW;q=0.2, zh-CN;q=0.3", "zh-Hans"),
        ("zh-CN;q=0, en", "en"),
        (";;;,,,q=", "en"),
    ],
)
def test_the_best_language_that_we_have_is_taken(accepted: str, language: str) -> None:
    assert read_language(request(**{"Accept-Language": accepted})) == language
