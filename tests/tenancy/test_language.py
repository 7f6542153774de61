"""Each person reads the console in their language; the API speaks one."""

import pytest
from django.test import Client

from tenancy.models import Staff
from tests.factories.tenancy import StaffFactory

pytestmark = pytest.mark.django_db

SIGN_IN = "/account/login/"


def signed_in(staff: Staff) -> Client:
    client = Client()
    client.force_login(staff, "tenancy.authentication.PasswordBackend")
    return client


def test_a_stranger_reads_the_language_that_the_browser_asks_for() -> None:
    page = Client().get(SIGN_IN, headers={"accept-language": "zh-Hant-HK,zh;q=0.8"})

    assert page.headers["Content-Language"] == "zh-hant"
    assert 'lang="zh-hant"' in page.content.decode()
    assert Client().get(SIGN_IN).headers["Content-Language"] == "en"


def test_a_choice_is_kept_with_the_person_and_stronger_than_the_browser() -> None:
    staff = StaffFactory()

    answer = signed_in(staff).post("/account/language/", {"language": "zh-hans"})

    assert (answer.status_code, answer.headers["Location"]) == (302, "/admin/")
    staff.refresh_from_db()
    assert staff.language == "zh-hans"
    page = signed_in(staff).get("/admin/", headers={"accept-language": "en"})
    assert page.headers["Content-Language"] == "zh-hans"
    text = page.content.decode()
    assert "退款" in text  # a table's name, in the plural
    assert "Refunds" not in text


def test_a_strangers_choice_is_kept_in_the_browser() -> None:
    client = Client()

    client.post("/account/language/", {"language": "zh-hant", "next": SIGN_IN})

    assert client.get(SIGN_IN).headers["Content-Language"] == "zh-hant"


@pytest.mark.parametrize("language", ["", "xx", "zh-hans'"])
def test_a_language_that_is_not_ours_changes_nothing(language: str) -> None:
    staff = StaffFactory(language="zh-hant")

    signed_in(staff).post("/account/language/", {"language": language})

    staff.refresh_from_db()
    assert staff.language == "zh-hant"


def test_the_choice_leads_back_to_our_own_pages_only() -> None:
    client = Client()
    for wanted, target in (("/admin/x/", "/admin/x/"), ("https://evil.example/", "/admin/")):
        answer = client.post("/account/language/", {"language": "en", "next": wanted})
        assert answer.headers["Location"] == target


def test_the_api_speaks_english_whatever_is_asked_for() -> None:
    answer = Client().get("/v1/payments", headers={"accept-language": "zh-Hans"})

    assert answer.status_code == 401
    assert answer.json()["detail"] == Client().get("/v1/payments").json()["detail"]
