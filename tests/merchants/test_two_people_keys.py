"""Live API keys and a live account's partner keys: one person asks, another approves."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from merchants.models import ApiKey, PartnerAccount
from merchants.services.partner_accounts import new_private_key
from merchants.services.partner_keys import fingerprint
from proposals.models import Proposal
from tenancy.models import Acquirer
from tenancy.roles import Role
from tenancy.scope import platform_scope
from tests.factories.merchants import PartnerAccountFactory
from tests.factories.tenancy import PASSWORD, StaffFactory
from tests.people import Person, client_with

pytestmark = pytest.mark.django_db
LIVE = {"livemode": True, "primary_url": "https://gateway.example/gateway.do"}
LIVE_KEY = re.compile(r"tg_live_[0-9A-Za-z]{40}")


@pytest.fixture
def enter() -> Callable[..., Client]:
    def enter(role: Role, acquirer: Acquirer) -> Client:
        client = Client()
        staff = StaffFactory(role=role, acquirer=acquirer)
        assert client.login(username=staff.email, password=PASSWORD)
        return client

    return enter


@pytest.fixture
def asking(enter: Callable[..., Client], acme: Person) -> Client:
    return enter(Role.OWNER, acme.acquirer)


@pytest.fixture
def deciding(enter: Callable[..., Client], acme: Person) -> Client:
    return enter(Role.OWNER, acme.acquirer)


@pytest.fixture
def live_account(acme: Person) -> PartnerAccount:
    with platform_scope():
        pair = new_private_key("RSA2")
        return PartnerAccountFactory(
            acquirer=acme.acquirer, sign_type="RSA2", private_key=pair, **LIVE
        )


def act(model: str, row: object, name: str) -> str:
    return reverse(f"admin:merchants_{model}_act", args=[row.pk, name])  # type: ignore[attr-defined]


def reread(account: PartnerAccount) -> None:
    with platform_scope():
        account.refresh_from_db()


def proposal() -> Proposal:
    with platform_scope():
        return Proposal.objects.get()


def approve(client: Client) -> str:
    where = reverse("admin:proposals_proposal_act", args=[proposal().pk, "approve"])
    return client.post(where, {"reason": "seen"}, follow=True).content.decode()


def key_form(acme: Person, **changed: object) -> dict[str, object]:
    return {
        "merchant": str(acme.merchant.pk),
        "label": "Till 9",
        "livemode": "on",
        "scopes": ["payments:write"],
        "reason": "a new till",
    } | changed


def live_keys() -> list[ApiKey]:
    with platform_scope():
        return list(ApiKey.objects.filter(livemode=True))


def test_a_live_key_is_issued_when_another_person_approves_and_shown_to_that_person_once(
    acme: Person, asking: Client, deciding: Client
) -> None:
    shown = asking.post(
        reverse("admin:merchants_apikey_add"), key_form(acme), follow=True
    ).content.decode()

    assert live_keys() == []
    assert not LIVE_KEY.search(shown)
    assert "second person" in shown

    (text,) = set(LIVE_KEY.findall(approve(deciding)))
    (key,) = live_keys()
    assert (key.lookup, key.label, key.scopes) == (text[8:16], "Till 9", ["payments:write"])
    assert proposal().result == key.public_id
    assert client_with(text).get("/v1/stores").status_code == 403  # known, without that scope


def test_who_asks_for_a_live_key_cannot_approve_it_and_says_why_it_is_wanted(
    acme: Person, asking: Client
) -> None:
    where = reverse("admin:merchants_apikey_add")

    silent = asking.post(where, key_form(acme, reason=""))
    assert list(silent.context["adminform"].form.errors) == ["reason"]
    asking.post(where, key_form(acme))
    assert "another person must decide" in approve(asking)

    assert live_keys() == []
    assert proposal().status == "pending"


def test_a_live_key_is_rolled_by_two_people_and_a_test_key_by_one(
    acme: Person, asking: Client, deciding: Client
) -> None:
    asking.post(reverse("admin:merchants_apikey_add"), key_form(acme))
    approve(deciding)
    (old,) = live_keys()
    with platform_scope():
        Proposal.objects.all().delete()

    asking.post(act("apikey", old, "roll"), {"overlap_hours": "1", "reason": "seen on a bus"})

    assert len(live_keys()) == 1
    (text,) = set(LIVE_KEY.findall(approve(deciding)))
    assert {key.lookup for key in live_keys()} == {old.lookup, text[8:16]}
    tested = asking.post(act("apikey", acme.key, "roll"), {"overlap_hours": "1"})
    assert re.search(r"tg_test_[0-9A-Za-z]{40}", tested.content.decode())


def test_the_next_partner_key_signs_once_a_second_person_lets_it(
    acme: Person, asking: Client, deciding: Client, live_account: PartnerAccount
) -> None:
    page = reverse("admin:merchants_partneraccount_change", args=[live_account.pk])
    first = fingerprint(live_account.private_key)
    used = act("partneraccount", live_account, "use_next_key")

    assert "make one first" in asking.post(used, {"reason": "yearly"}, follow=True).content.decode()
    asking.post(act("partneraccount", live_account, "make_next_key"))
    reread(live_account)
    second = fingerprint(live_account.next_private_key)
    assert first != second
    assert fingerprint(live_account.private_key) == first
    assert "MIIBIjANBg" in asking.get(page).content.decode()

    asking.post(used, {"reason": "yearly"})
    reread(live_account)
    assert fingerprint(live_account.private_key) == first
    assert (proposal().before["our public key"], proposal().after["our public key"]) == (
        first,
        second,
    )

    approve(deciding)
    reread(live_account)
    assert fingerprint(live_account.private_key) == second
    assert live_account.next_private_key == ""


def test_a_live_accounts_keys_do_not_go_in_by_its_form(
    acme: Person, asking: Client, live_account: PartnerAccount
) -> None:
    page = reverse("admin:merchants_partneraccount_change", args=[live_account.pk])
    form = asking.get(page).context["adminform"].form
    sent = {name: form[name].value() or "" for name in form.fields} | {
        "currencies": "HKD",
        "new_md5_key": "mine now",
        "alipay_public_key": "mine now",
    }

    asking.post(page, sent)

    md5_key, theirs = live_account.md5_key, live_account.alipay_public_key
    reread(live_account)
    assert (live_account.md5_key, live_account.alipay_public_key) == (md5_key, theirs)


def test_a_second_live_account_takes_the_place_when_another_person_activates_it(
    acme: Person, asking: Client, deciding: Client, live_account: PartnerAccount
) -> None:
    with platform_scope():
        new = PartnerAccountFactory(acquirer=acme.acquirer, is_active=False, **LIVE)

    asking.post(act("partneraccount", new, "activate"), {"reason": "a new contract"})
    reread(new)
    assert not new.is_active

    approve(deciding)
    reread(new)
    reread(live_account)
    assert (new.is_active, live_account.is_active) == (True, False)


def test_neither_a_lower_role_nor_another_acquirer_touches_the_keys(
    acme: Person,
    outsider: Person,
    enter: Callable[..., Client],
    live_account: PartnerAccount,
) -> None:
    sent = {"reason": "because", "md5_key": "mine now"}
    where = act("partneraccount", live_account, "keys")

    assert enter(Role.OPERATIONS, acme.acquirer).post(where, sent).status_code == 403
    assert enter(Role.OWNER, outsider.acquirer).post(where, sent).status_code == 404

    with platform_scope():
        assert not Proposal.objects.exists()
    md5_key = live_account.md5_key
    reread(live_account)
    assert live_account.md5_key == md5_key
