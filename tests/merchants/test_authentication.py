"""API keys as callers use them: shape, digest, expiry, revocation, mode, last use."""

import hashlib
import hmac
from datetime import timedelta
from ipaddress import ip_network
from typing import Any

import pytest
from rest_framework.test import APIClient

from kernel.clock import ManualClock
from kernel.errors import Rejected
from merchants import keys
from merchants.models import ApiKey, Merchant
from merchants.services import issue_api_key, revoke_api_key
from tenancy.models import Acquirer
from tenancy.scope import platform_scope, tenant_scope
from tests.factories.merchants import ApiKeyFactory, StoreFactory
from tests.people import Person, client_with

ADDRESS = "/v1/stores"


@pytest.mark.parametrize(("livemode", "mode"), [(True, "live"), (False, "test")])
def test_a_new_key_has_its_shape_and_only_its_digest_is_kept(livemode: bool, mode: str) -> None:
    text, kept = keys.new_key(livemode=livemode)

    assert text.startswith(f"tg_{mode}_")
    assert len(text) == 48
    assert kept.lookup == text[8:16]
    assert kept.livemode is livemode
    assert kept.digest == hashlib.sha256(text.encode()).digest()
    assert text[16:] not in repr(kept)
    assert keys.parse_key(text) == kept


def test_two_new_keys_differ() -> None:
    assert keys.new_key(livemode=False)[0] != keys.new_key(livemode=False)[0]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tg_test_",
        "tg_test_" + "x" * 39,
        "tg_test_" + "x" * 41,
        "tg_prod_" + "x" * 40,
        "TG_TEST_" + "x" * 40,
        "tg_test_" + "x" * 39 + "-",
        "tg_test_" + "x" * 40 + "\n",
        "tg_test_" + "\u0661" * 40,  # a digit, but none of ours
    ],
)
def test_a_text_of_another_shape_is_no_key(text: str) -> None:
    assert keys.parse_key(text) is None


def test_digests_are_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[tuple[bytes, bytes]] = []

    def compare(kept: bytes, presented: bytes) -> bool:
        compared.append((kept, presented))
        return kept == presented

    monkeypatch.setattr(hmac, "compare_digest", compare)

    assert keys.is_same(b"a" * 32, b"a" * 32)
    assert not keys.is_same(b"a" * 32, b"b" * 32)
    assert compared == [(b"a" * 32, b"a" * 32), (b"a" * 32, b"b" * 32)]


@pytest.mark.django_db
def test_every_call_compares_digests_that_way(
    api: APIClient, acme: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "is_same", lambda kept, presented: False)

    assert api.get(ADDRESS).status_code == 401


@pytest.mark.django_db
def test_nothing_of_the_key_but_its_look_up_part_is_in_the_table(acme: Person) -> None:
    with platform_scope():
        row = str(ApiKey.objects.filter(pk=acme.key.pk).values().get())

    assert acme.key_text[8:16] in row
    assert acme.key_text[16:] not in row


def refusal(text: str) -> tuple[int, str]:
    answer = client_with(text).get(ADDRESS)
    return answer.status_code, answer.json()["code"]


@pytest.mark.django_db
def test_the_right_look_up_part_with_another_secret_is_refused(acme: Person) -> None:
    forged = acme.key_text[:16] + "x" * 32

    assert refusal(forged) == (401, "invalid_api_key")


@pytest.mark.django_db
def test_a_test_key_renamed_to_live_is_refused(acme: Person) -> None:
    assert refusal(acme.key_text.replace("tg_test_", "tg_live_")) == (401, "invalid_api_key")


@pytest.mark.django_db
def test_a_key_ends_in_the_moment_of_its_expiry(clock: ManualClock, acme: Person) -> None:
    key = ApiKeyFactory(merchant=acme.merchant, expires_at=clock.now() + timedelta(seconds=60))
    client = client_with(key.text)

    clock.advance(59.999)
    assert client.get(ADDRESS).status_code == 200
    clock.advance(0.001)
    assert client.get(ADDRESS).status_code == 401


@pytest.mark.django_db
def test_a_revoked_key_is_refused_at_once_and_for_ever(clock: ManualClock, acme: Person) -> None:
    with tenant_scope(acme.acquirer.pk):
        revoke_api_key(acme.key)
        revoked_at = acme.key.revoked_at
        clock.advance(60)
        revoke_api_key(acme.key)

    assert refusal(acme.key_text) == (401, "invalid_api_key")
    assert acme.key.revoked_at == revoked_at == clock.now() - timedelta(seconds=60)


@pytest.mark.django_db
def test_the_answers_to_unknown_expired_and_revoked_keys_are_the_same(
    clock: ManualClock, acme: Person
) -> None:
    expired = ApiKeyFactory(merchant=acme.merchant, expires_at=clock.now()).text
    revoked = ApiKeyFactory(merchant=acme.merchant, revoked_at=clock.now()).text
    unknown = keys.new_key(livemode=False)[0]

    said = {client_with(text).get(ADDRESS).json()["detail"] for text in (expired, revoked, unknown)}

    assert said == {"This API key is unknown, expired or revoked."}


@pytest.mark.django_db
@pytest.mark.parametrize("status", ["suspended", "closed"])
def test_a_merchant_that_is_not_active_is_told_so(status: str, acme: Person) -> None:
    with platform_scope():
        Merchant.objects.filter(pk=acme.merchant.pk).update(status=status)

    assert refusal(acme.key_text) == (403, "merchant_not_active")


@pytest.mark.django_db
def test_a_suspended_acquirer_stops_all_its_merchants(
    acme: Person, rival: Person, outsider: Person
) -> None:
    Acquirer.objects.filter(pk=acme.acquirer.pk).update(status=Acquirer.Status.SUSPENDED)

    assert refusal(acme.key_text) == (403, "merchant_not_active")
    assert refusal(rival.key_text) == (403, "merchant_not_active")
    assert outsider.client().get(ADDRESS).status_code == 200


def last_use(person: Person) -> object:
    with platform_scope():
        return ApiKey.objects.get(pk=person.key.pk).last_used_at


@pytest.mark.django_db
def test_the_last_use_is_noted_once_a_minute(
    clock: ManualClock, api: APIClient, acme: Person
) -> None:
    assert last_use(acme) is None
    api.get(ADDRESS)
    first = clock.now()
    assert last_use(acme) == first

    clock.advance(59)
    api.get(ADDRESS)
    assert last_use(acme) == first

    clock.advance(1)
    api.get(ADDRESS)
    assert last_use(acme) == clock.now() == first + timedelta(seconds=60)


@pytest.mark.django_db
def test_a_refused_use_is_not_noted(clock: ManualClock, acme: Person) -> None:
    client_with(acme.key_text[:16] + "x" * 32).get(ADDRESS)

    assert last_use(acme) is None


@pytest.mark.django_db
def test_the_mode_of_a_call_is_its_keys(acme: Person) -> None:
    with tenant_scope(acme.acquirer.pk):
        key, text = issue_api_key(merchant=acme.merchant, label="Live till", livemode=True)

    assert text.startswith("tg_live_")
    assert client_with(text).get(ADDRESS).status_code == 200
    assert key.livemode is True


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("networks", "address", "status"),
    [
        ([], "198.51.100.9", 200),
        (["203.0.113.0/24"], "203.0.113.255", 200),
        (["203.0.113.0/24"], "203.0.114.0", 403),
        (["10.0.0.0/8", "203.0.113.7"], "203.0.113.7", 200),
        (["203.0.113.7"], "203.0.113.8", 403),
        (["203.0.113.0/24"], "::ffff:203.0.113.7", 200),
        (["2001:db8::/48"], "2001:db8::1", 200),
        (["2001:db8::/48"], "2001:db9::1", 403),
        (["0.0.0.0/0"], "2001:db8::1", 403),
        (["0.0.0.0/0"], "", 403),
    ],
)
def test_a_key_with_networks_is_refused_from_elsewhere(
    networks: list[str], address: str, status: int, acme: Person
) -> None:
    with tenant_scope(acme.acquirer.pk):
        _, text = issue_api_key(
            merchant=acme.merchant, label="ECR", livemode=False, allowed_networks=networks
        )

    answer = client_with(text).get(ADDRESS, REMOTE_ADDR=address)

    assert answer.status_code == status
    if status == 403:
        assert answer.json()["code"] == "address_not_allowed"
        assert address in answer.json()["detail"]


@pytest.mark.django_db
def test_who_has_not_the_whole_key_never_learns_of_its_networks(acme: Person) -> None:
    key = ApiKeyFactory(merchant=acme.merchant, allowed_networks=["203.0.113.0/24"])

    assert refusal(key.text[:16] + "x" * 32) == (401, "invalid_api_key")
    assert refusal(key.text) == (403, "address_not_allowed")


@pytest.mark.django_db
def test_a_header_cannot_lift_the_restriction(acme: Person) -> None:
    key = ApiKeyFactory(merchant=acme.merchant, allowed_networks=["203.0.113.0/24"])

    answer = client_with(key.text).get(
        ADDRESS, REMOTE_ADDR="198.51.100.9", headers={"X-Forwarded-For": "203.0.113.7"}
    )

    assert answer.status_code == 403


@pytest.mark.django_db
def test_behind_a_trusted_proxy_the_caller_counts(acme: Person, settings: Any) -> None:
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.0/8")]
    key = ApiKeyFactory(merchant=acme.merchant, allowed_networks=["203.0.113.0/24"])

    def status(forwarded_for: str) -> int:
        client = client_with(key.text)
        said = {"X-Forwarded-For": forwarded_for}
        return client.get(ADDRESS, REMOTE_ADDR="10.0.0.1", headers=said).status_code

    assert status("203.0.113.7") == 200
    assert status("203.0.113.7, 10.0.0.2") == 200
    assert status("203.0.113.7, 198.51.100.9") == 403


@pytest.mark.django_db
def test_the_last_use_tells_the_address(acme: Person) -> None:
    acme.client().get(ADDRESS, REMOTE_ADDR="::ffff:203.0.113.7")

    with platform_scope():
        assert ApiKey.objects.get(pk=acme.key.pk).last_used_from == "203.0.113.7"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("network", "kept"),
    [
        (" 203.0.113.7 ", "203.0.113.7/32"),
        ("203.0.113.0/255.255.255.0", "203.0.113.0/24"),
        ("2001:DB8:0::/48", "2001:db8::/48"),
    ],
)
def test_a_network_is_kept_in_one_form(network: str, kept: str, acme: Person) -> None:
    key = ApiKeyFactory(merchant=acme.merchant, allowed_networks=[network])

    with platform_scope():
        assert ApiKey.objects.get(pk=key.pk).allowed_networks == [kept]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "network", ["", "any", "203.0.113.7/24", "203.0.113.0/33", "fe80::1%eth0", "x" * 300]
)
def test_what_is_no_network_is_refused_and_no_key_is_made(network: str, acme: Person) -> None:
    with tenant_scope(acme.acquirer.pk):
        with pytest.raises(Rejected) as refused:
            issue_api_key(
                merchant=acme.merchant, label="ECR", livemode=False, allowed_networks=[network]
            )
        assert [fault.field for fault in refused.value.errors] == ["allowed_networks"]
        assert ApiKey.objects.filter(merchant=acme.merchant).count() == 1


@pytest.mark.django_db
def test_a_key_of_a_terminal_is_of_its_store(acme: Person, rival: Person) -> None:
    with tenant_scope(acme.acquirer.pk):
        key, _ = issue_api_key(
            merchant=acme.merchant, label="Till", livemode=False, terminal=acme.terminal
        )
        assert key.store == acme.store
        with pytest.raises(Rejected):
            issue_api_key(
                merchant=acme.merchant, label="Till", livemode=False, terminal=rival.terminal
            )
        other = StoreFactory(merchant=acme.merchant)
        with pytest.raises(Rejected) as refused:
            issue_api_key(
                merchant=acme.merchant,
                label="Till",
                livemode=False,
                store=other,
                terminal=acme.terminal,
            )
    assert refused.value.errors[0].field == "terminal"
