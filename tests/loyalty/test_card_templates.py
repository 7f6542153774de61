"""A programme's card template: saved in the console, taken to Alipay over HTTP."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from kernel.clock import ManualClock
from kernel.errors import Rejected
from loyalty.models import CardTemplate, Programme
from loyalty.services.send_card_template import TEMPLATES, send_card_template
from merchants.models import PartnerAccount
from merchants.services.partner_accounts import check_account
from sandbox.server import Serving
from sandbox.signing import public_base64
from tenancy import handing_out
from tenancy.roles import Role
from tenancy.scope import platform_scope
from tests.factories.loyalty import make_programme
from tests.factories.tenancy import StaffFactory
from tests.people import Person
from tests.sandbox.conftest import box, data, own_key
from tests.sandbox.till import Till

pytestmark = pytest.mark.django_db
__all__ = ["box", "data", "own_key"]
APP = "2021000000000001"
PAGE = "admin:loyalty_cardtemplate_"


@pytest.fixture
def till(box: Serving, own_key: str, acme: Person) -> Iterator[Till]:
    """Acme's partner account has an app at the sandbox."""
    with Till(box.url) as ready:
        partner = acme.partner_account.partner_id
        key = {"sign_type": "RSA2", "public_key": public_base64(own_key)}
        ready.control("PUT", f"partners/{partner}", key)
        ready.control("PUT", f"apps/{APP}", {"partner": partner})
        with platform_scope():
            PartnerAccount.objects.filter(id=acme.partner_account.id).update(
                sign_type="RSA2", private_key=own_key, card_app_id=APP,
                card_url=f"{box.url}/openapi/gateway.do",
                card_alipay_public_key=public_base64(own_key),
            )  # fmt: skip
        yield ready


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(StaffFactory(acquirer=person.acquirer, role=Role.OPERATIONS))
    return client


def look(programme: Programme, account: PartnerAccount, **changes: str) -> dict[str, Any]:
    return {
        "programme": programme.pk, "partner_account": account.pk, "card_name": "Tea Club",
        "logo_id": "AJ4AC3ndT5c", "background_id": "e-pXS2hTA6F", "colour": "rgb(37,99,235)",
    } | changes  # fmt: skip


def drive(row: CardTemplate) -> CardTemplate:
    send_card_template(row.id, acquirer_id=row.acquirer_id)
    return the_row()


def the_row() -> CardTemplate:
    with platform_scope():
        return CardTemplate.objects.get()


def test_a_template_goes_to_alipay_is_changed_there_and_can_be_asked_for(
    acme: Person, till: Till, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed: list[str] = []
    monkeypatch.setattr(
        handing_out.current_app, "send_task", lambda name, args, **_: handed.append(args[0])
    )
    client, programme = signed_in(acme), make_programme(acme)
    made = client.post(reverse(PAGE + "add"), look(programme, acme.partner_account))
    assert made.status_code == 302, made.content.decode()

    assert TEMPLATES.hand_out_due() == 1
    assert handed == [str(the_row().id)]
    row = drive(the_row())
    assert (row.status, row.template_id, row.due_at) == ("sent", "20260000000000000001", None)
    assert TEMPLATES.hand_out_due() == 0

    page = reverse(PAGE + "change", args=[row.pk])
    changed = look(programme, acme.partner_account, card_name="Tea House")
    assert client.post(page, changed).status_code == 302
    row = drive(the_row())
    assert (row.status, row.template_id) == ("sent", "20260000000000000001")
    [kept] = till.control("GET", f"apps/{APP}/card_templates")["data"]
    assert kept["content"]["template_style_info"]["card_show_name"] == "Tea House"
    asked = client.post(reverse(PAGE + "act", args=[row.pk, "ask"]), follow=True)
    assert "Alipay has: Tea House, logo AJ4AC3ndT5c" in asked.content.decode()


def test_silence_is_asked_again_and_makes_no_second_template(
    acme: Person, till: Till, clock: ManualClock
) -> None:
    client, programme = signed_in(acme), make_programme(acme)
    client.post(reverse(PAGE + "add"), look(programme, acme.partner_account, card_name="AWAY club"))

    row = drive(the_row())
    assert (row.status, row.code, row.template_id) == ("to_send", "isp.unknow-error", "")
    assert drive(row).tries == 1  # it is not due: nobody called
    clock.advance(3)
    row = drive(row)
    assert (row.status, row.template_id) == ("sent", "20260000000000000001")
    assert len(till.control("GET", f"apps/{APP}/card_templates")["data"]) == 1


def test_a_refusal_is_shown_and_rests_until_somebody_mends_it(
    acme: Person, till: Till, clock: ManualClock
) -> None:
    client, programme = signed_in(acme), make_programme(acme)
    client.post(reverse(PAGE + "add"), look(programme, acme.partner_account, card_name="REFUSE it"))
    row = drive(the_row())
    assert (row.status, row.code, row.due_at) == ("refused", "CARD_SHOW_NAME_REFUSED", None)
    page = client.get(reverse(PAGE + "change", args=[row.pk])).content.decode()
    assert "CARD_SHOW_NAME_REFUSED" in page
    assert "Alipay does not have this template yet." in page

    with platform_scope():
        PartnerAccount.objects.update(card_app_id="")
    client.post(reverse(PAGE + "act", args=[row.pk, "send"]))
    row = drive(the_row())
    assert (row.status, row.template_id) == ("to_send", "")
    assert "has no app for membership cards" in row.reason
    assert till.control("GET", f"apps/{APP}/card_templates")["data"] == []


def test_accounts_without_an_app_and_other_acquirers_are_no_choice(
    acme: Person, outsider: Person, till: Till
) -> None:
    mine, theirs = make_programme(acme), make_programme(outsider)
    client, stranger = signed_in(acme), signed_in(outsider)
    for who, programme, account, changes in (
        (client, theirs, acme.partner_account, {}),
        (client, mine, outsider.partner_account, {}),
        (stranger, theirs, outsider.partner_account, {}),  # it has no app
        (client, mine, acme.partner_account, {"colour": "blue"}),
        (client, mine, acme.partner_account, {"card_name": "A name of many letters"}),
        (client, mine, acme.partner_account, {"logo_id": "https://evil.example"}),
    ):
        refused = who.post(reverse(PAGE + "add"), look(programme, account, **changes))
        assert refused.status_code == 200
    with platform_scope():
        assert not CardTemplate.objects.exists()

    client.post(reverse(PAGE + "add"), look(mine, acme.partner_account))
    assert stranger.get(reverse(PAGE + "change", args=[the_row().pk])).status_code == 302
    with platform_scope(), pytest.raises(IntegrityError), transaction.atomic():
        CardTemplate.objects.update(status="sent")


def test_an_account_with_an_app_says_what_it_lacks(acme: Person, own_key: str) -> None:
    account = acme.partner_account
    account.card_app_id = APP
    for field, changes in (
        ("card_app_id", {}),
        ("card_url", {"sign_type": "RSA2", "private_key": own_key}),
        ("card_alipay_public_key", {"card_url": "http://127.0.0.1:9/openapi/gateway.do"}),
    ):
        for name, value in changes.items():
            setattr(account, name, value)
        with pytest.raises(Rejected) as refused:
            check_account(account)
        assert [fault.field for fault in refused.value.errors] == [field]
    account.card_alipay_public_key = public_base64(own_key)
    check_account(account)
