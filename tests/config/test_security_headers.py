"""Browsers are told to run nothing that stands in a page, and to load nothing from elsewhere."""

import re

import pytest
from django.test import Client

from config.security_headers import policy_of
from tests.factories.tenancy import PASSWORD, StaffFactory

pytestmark = pytest.mark.django_db

PATHS = ["/admin/", "/account/login/", "/docs", "/till/", "/v1/payments", "/healthz", "/nowhere"]


def rules(path: str, client: Client | None = None) -> dict[str, str]:
    policy = (client or Client()).get(path)["Content-Security-Policy"]
    return dict(rule.strip().split(" ", 1) for rule in policy.rstrip("; ").split(";"))


@pytest.mark.parametrize("path", PATHS)
def test_no_page_runs_inline_scripts_or_is_framed_or_loads_from_elsewhere(path: str) -> None:
    found = rules(path)

    assert found["default-src"] in {"'none'", "'self'"}
    assert found["frame-ancestors"] == "'none'"
    assert found["base-uri"] in {"'none'", "'self'"}
    assert "'unsafe-inline'" not in found.get("script-src", found["default-src"])
    found.pop("require-trusted-types-for", None)  # forbids still more
    allowed = {"'self'", "'none'", "data:", "blob:", "'unsafe-inline'", "'unsafe-eval'"}
    assert {each for sources in found.values() for each in sources.split()} <= allowed


@pytest.mark.parametrize("path", [each for each in PATHS if each != "/admin/"])
def test_only_the_consoles_theme_may_read_text_as_code(path: str) -> None:
    assert "unsafe-eval" not in policy_of(path)
    assert "unsafe-eval" not in str(rules(path))


@pytest.mark.parametrize("path", ["/account/login/", "/v1/payments", "/healthz", "/nowhere"])
def test_where_nothing_needs_it_no_style_stands_in_a_page_either(path: str) -> None:
    assert "unsafe-inline" not in str(rules(path))


@pytest.mark.parametrize("path", [each for each in PATHS if each != "/till/"])
def test_no_page_but_the_till_may_use_a_camera(path: str) -> None:
    assert "camera=()" in Client().get(path)["Permissions-Policy"]


@pytest.mark.parametrize("path", PATHS)
def test_the_other_headers_are_there(path: str) -> None:
    answer = Client().get(path)

    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] in {"same-origin", "no-referrer"}
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.mark.parametrize("path", ["/admin/", "/admin/payments/payment/", "/account/sessions/"])
def test_pages_of_the_console_have_no_script_in_them(path: str) -> None:
    client = Client()
    client.login(username=StaffFactory().email, password=PASSWORD)

    page = client.get(path).content.decode()

    scripts = re.findall(r"<script([^>]*)>(.*?)</script>", page, re.DOTALL)
    run = [body for head, body in scripts if "application/json" not in head]
    assert not any(body.strip() for body in run)
    assert re.search(r"\son(click|load|error|submit|change)=", page) is None
