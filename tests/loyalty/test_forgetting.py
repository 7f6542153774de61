"""A member who was forgotten is searched for: in every column of every table, and in the log."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from rest_framework.test import APIClient

from kernel.clock import ManualClock
from loyalty.models import Member, PointsEntry, WalletLink
from loyalty.services.check_points import check_points
from loyalty.services.sweep import sweep
from payments.models import Payment
from tenancy.scope import platform_scope
from tests.factories.loyalty import make_programme
from tests.fakes import PAID, FakeScheme
from tests.payments.api.test_payments import NOW, body
from tests.people import Person

pytestmark = pytest.mark.django_db
MEI = {"name": "Mei Wong-Zhuravlyova", "phone": "+85291234567", "email": "mei@forget-me.example"}
BUYER = "2088000000000099"


def columns() -> list[tuple[str, str]]:
    """Every column of every table, whatever holds it: text, JSON, bytes."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_schema = 'public' ORDER BY 1, 2"
        )
        return [(str(table), str(column)) for table, column in cursor.fetchall()]


def places_of(words: list[str]) -> list[str]:
    """Where one of ``words`` stands; bytes are looked at as hexadecimal digits and as text."""
    found = []
    for table, column in columns():
        text = f"COALESCE(\"{column}\"::text, '')"
        with platform_scope(), connection.cursor() as cursor:  # else the walls hide it
            cursor.execute(
                f'SELECT count(*) FROM "{table}" WHERE {text} ILIKE ANY(%s)',  # noqa: S608
                [[f"%{word}%" for word in words]],
            )
            row = cursor.fetchone()
            if row and row[0]:
                found.append(f"{table}.{column}")
    return found


def live(api: APIClient, person: Person, scheme: FakeScheme, clock: ManualClock) -> dict[str, Any]:
    """A member's life: joins by a page, agrees, pays, is recognized, looked up, corrected."""
    link = api.get("/v1/join_link").json()["url"].partition("/join/")[2]
    page = Client().get(f"/join/{link}").content.decode()
    form = re.search(r'name="form" value="([^"]+)"', page)
    assert form is not None
    said = MEI | {"membership": "on", "wallet": "on", "form": form[1]}
    assert Client().post(f"/join/{link}", said).status_code == 302
    [member] = api.get("/v1/members").json()["data"]
    assert (member["name"], member["email"]) == (MEI["name"], MEI["email"])
    api.get("/v1/members", {"card_number": member["card_number"]})
    scheme.will("pay", replace(PAID, trade=replace(PAID.trade, payer_user_id=BUYER)))
    for number, named in ((1, {"member": member["card_number"]}), (2, {})):
        order = body(person, merchant_reference=f"T-{number}", **named)
        paid = api.post("/v1/payments", order, format="json", **NOW).json()
        assert paid["member"] == member["id"]
    clock.advance(2)
    sweep()
    return dict(member)


def test_nothing_in_the_database_and_no_line_of_the_log_says_who_a_forgotten_member_was(
    api: APIClient,
    acme: Person,
    scheme: FakeScheme,
    clock: ManualClock,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    make_programme(acme)
    member = live(api, acme, scheme, clock)
    with platform_scope():
        digest = bytes(WalletLink.objects.get().digest).hex()
    with platform_scope(), connection.cursor() as cursor:
        cursor.execute("SELECT person_name, phone, email FROM loyalty_member")
        sealed = [str(value) for value in cursor.fetchone() or ()]
    words = [*MEI.values(), member["card_number"], BUYER, digest, *sealed, "forget-me"]
    assert places_of([member["card_number"]]) == ["loyalty_member.card_number"]
    assert places_of([*sealed, digest]) != []  # it is found while it is there

    path = f"/v1/members/{member['id']}/forget"
    assert api.post(path, {}, format="json").json()["status"] == "forgotten"

    assert places_of(words) == []
    logged = "".join(capfd.readouterr()) + caplog.text
    assert [word for word in words if word in logged] == []
    with platform_scope():
        assert Member.objects.get().points == 240  # the books stand
        assert (PointsEntry.objects.count(), Payment.objects.count()) == (2, 2)
    assert check_points(acme.acquirer) == []


def test_no_file_of_ours_holds_a_word_of_a_member(
    api: APIClient, acme: Person, scheme: FakeScheme, clock: ManualClock
) -> None:
    make_programme(acme)
    began = max((path.stat().st_mtime for path in files()), default=0.0)
    member = live(api, acme, scheme, clock)

    words = [word.encode() for word in (*MEI.values(), member["card_number"], BUYER)]
    written = [path for path in files() if path.stat().st_mtime >= began]
    assert [path.name for path in written if any(word in path.read_bytes() for word in words)] == []


def files() -> list[Path]:
    """What the code writes beside the database: documents, exports, logs."""
    roots = [Path(settings.DATA_DIR) / name for name in ("log", "documents", "exports", "files")]
    return [path for root in roots if root.is_dir() for path in root.rglob("*") if path.is_file()]


def test_the_wallet_of_a_forgotten_member_may_be_anothers_afterwards(
    api: APIClient, acme: Person, scheme: FakeScheme, clock: ManualClock
) -> None:
    make_programme(acme)
    first = live(api, acme, scheme, clock)
    api.post(f"/v1/members/{first['id']}/forget", {}, format="json")

    order = body(acme, merchant_reference="T-9")
    assert api.post("/v1/payments", order, format="json", **NOW).json()["member"] is None
