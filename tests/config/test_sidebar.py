"""The console's sidebar offers each person what their role may see, in groups, and no more."""

import re

import pytest
from django.contrib import admin
from django.test import Client, RequestFactory
from django.urls import reverse

from config.console.sidebar import GROUPS, navigation
from tenancy.models import Staff
from tenancy.owned_admin import OwnedAdmin
from tenancy.roles import Role
from tests.factories.tenancy import PASSWORD, StaffFactory

pytestmark = pytest.mark.django_db
ENTRY = re.compile(
    r'<a href="([^"]+)" class="flex h-\[38px\][^"]*?( active)?">.*?<span>([^<]*)</span>', re.DOTALL
)


def groups_of(staff: Staff) -> dict[str, list[str]]:
    request = RequestFactory().get("/admin/payments/payment/")
    request.user = staff
    return {
        group["title"]: [item["title"] for item in group["items"]] for group in navigation(request)
    }


def test_finance_sees_the_money_and_neither_keys_nor_people() -> None:
    groups = groups_of(StaffFactory(role=Role.FINANCE))

    assert groups["Money"][:3] == ["Payments", "Refunds", "Breaks"]
    assert "Developers" not in groups
    assert "People and trail" not in groups or "Staff" not in groups["People and trail"]


def test_an_owner_sees_every_group() -> None:
    groups = groups_of(StaffFactory(role=Role.OWNER))

    titles = [title for title, _pages in GROUPS]
    assert [title for title in groups if title in titles] == titles


def test_the_page_that_is_open_is_marked() -> None:
    request = RequestFactory().get("/admin/payments/payment/")
    request.user = StaffFactory(role=Role.OWNER)

    marked = [
        item["title"]
        for group in navigation(request)
        for item in group["items"]
        if item.get("active")
    ]

    assert marked == ["Payments"]


def test_every_page_of_the_console_wears_the_theme() -> None:
    plain = [
        model for model, page in admin.site._registry.items() if not isinstance(page, OwnedAdmin)
    ]
    assert plain == []


def test_a_page_names_nothing_of_another_companys_server() -> None:
    staff = StaffFactory(role=Role.OWNER)
    client = Client()
    assert client.login(username=staff.email, password=PASSWORD)

    for page in ("admin:index", "admin:merchants_merchant_add", "docs"):
        text = client.get(reverse(page)).content.decode()
        for attribute in ('src="http', "src='http", 'href="https://cdn', 'href="https://fonts'):
            assert attribute not in text, page


def test_the_sidebar_is_in_the_readers_language_and_marks_the_page_that_is_open() -> None:
    """Its entries are kept drawn: neither the reader before nor the page before is seen in them."""
    home, refunds = reverse("admin:index"), reverse("admin:payments_refund_changelist")
    seen = []
    for language in ("en", "zh-hans", "en"):
        staff = StaffFactory(role=Role.OWNER, language=language)
        client = Client()
        assert client.login(username=staff.email, password=PASSWORD)
        for path in (home, refunds, home):
            shown = ENTRY.findall(client.get(path).content.decode())
            titles = {link: title for link, _mark, title in shown}
            marked = [link for link, mark, _title in shown if mark]
            seen.append((language, titles[refunds], marked))

    assert seen == [
        ("en", "Refunds", [home]), ("en", "Refunds", [refunds]), ("en", "Refunds", [home]),
        ("zh-hans", "退款", [home]), ("zh-hans", "退款", [refunds]), ("zh-hans", "退款", [home]),
        ("en", "Refunds", [home]), ("en", "Refunds", [refunds]), ("en", "Refunds", [home]),
    ]  # fmt: skip
