"""Each trouble of a partner account is told in words, and a good one is called good."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from merchants.models import PartnerAccount
from merchants.services.check_connection import Finding, check_connection
from sandbox.clock import ManualClock
from sandbox.readings import Readings
from sandbox.server import Serving, serving
from tenancy.scope import platform_scope
from tests.people import Person
from tests.sandbox.conftest import NOON
from tests.sandbox.till import KEY, PARTNER, Till

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Serving]:
    with serving(tmp_path, clock=ManualClock(NOON), readings=Readings()) as running:
        Till(running.url)
        yield running


def account_of(person: Person, box: Serving, **changes: Any) -> PartnerAccount:
    values = {"partner_id": PARTNER, "md5_key": KEY, "primary_url": f"{box.url}/gateway.do"}
    with platform_scope():
        account = PartnerAccount.objects.get(id=person.partner_account.id)
        for name, value in (values | changes).items():
            setattr(account, name, value)
        account.save()
    return account


def test_an_account_that_works_is_good(acme: Person, box: Serving) -> None:
    (finding,) = check_connection(account_of(acme, box))

    assert finding.is_good
    assert finding.text.endswith("ms, and its signature is right.")


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"md5_key": "another-key-of-thirty-two-letters"}, "Alipay does not accept our signature."),
        ({"partner_id": "2088999999999999"}, "Alipay does not know this partner."),
        ({"primary_url": "http://127.0.0.1:9/gateway.do"}, "No answer: could not connect."),
        ({"primary_url": "{box}/wallet"}, "The address answered with HTTP"),
        ({"sign_type": "RSA2", "private_key": ""}, "The account cannot be used:"),
    ],
)
def test_each_trouble_is_told_with_what_to_do(
    acme: Person, box: Serving, changes: dict[str, str], text: str
) -> None:
    given = {name: value.replace("{box}", box.url) for name, value in changes.items()}

    (finding,) = check_connection(account_of(acme, box, **given))

    assert (finding.is_good, finding.text.startswith(text)) == (False, True), finding
    assert finding.advice != ""


def test_both_addresses_are_tried_and_each_is_told(acme: Person, box: Serving) -> None:
    dead = "http://127.0.0.1:9/gateway.do"
    found = check_connection(account_of(acme, box, backup_url=dead))

    assert [(it.address, it.is_good) for it in found] == [
        (f"{box.url}/gateway.do", True),
        (dead, False),
    ]


def test_the_command_fails_where_an_address_does(acme: Person, box: Serving) -> None:
    account_of(acme, box)
    call_command("test_connection", "--acquirer", acme.acquirer.slug, "--json")
    account_of(acme, box, md5_key="another-key-of-thirty-two-letters")

    with pytest.raises(CommandError, match="Alipay does not accept our signature"):
        call_command("test_connection", "--acquirer", acme.acquirer.slug)
    with pytest.raises(CommandError, match="no active partner account for live mode"):
        call_command("test_connection", "--acquirer", acme.acquirer.slug, "--live")


def test_no_secret_is_in_a_finding(acme: Person, box: Serving) -> None:
    (finding,) = check_connection(account_of(acme, box))

    assert isinstance(finding, Finding)
    assert KEY not in repr(finding)
