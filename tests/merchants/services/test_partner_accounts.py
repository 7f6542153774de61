"""create_partner_account and set_alipay_key: keys that could never work are refused at once."""

import base64
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import load_der_public_key, load_pem_public_key

from connectors.alipay.keys import load_private_key
from kernel.errors import Conflict, Rejected
from merchants.models import PartnerAccount
from merchants.services import create_partner_account, public_key_of, set_alipay_key
from tenancy.scope import platform_scope, tenant_scope
from tests.factories.merchants import PartnerAccountFactory
from tests.factories.tenancy import AcquirerFactory

pytestmark = pytest.mark.django_db


def given(**changed: object) -> dict[str, Any]:
    return {
        "acquirer": AcquirerFactory(),
        "partner_id": "2088000000000001",
        "livemode": False,
        "currencies": ["HKD", "JPY", "HKD"],
        "primary_url": "http://127.0.0.1:9/gateway.do",
        "sign_type": "MD5",
        "md5_key": "an md5 key",
    } | changed


def create(values: dict[str, Any]) -> PartnerAccount:
    with tenant_scope(values["acquirer"].pk):
        return create_partner_account(**values)


def test_without_a_private_key_a_pair_of_2048_bits_is_made() -> None:
    account = create(given(sign_type="RSA2", md5_key=""))

    with platform_scope():
        kept = PartnerAccount.objects.get(pk=account.pk)
    private = load_private_key(kept.private_key)
    assert private.key_size == 2048
    pem = load_pem_public_key(public_key_of(kept).encode())
    bare = load_der_public_key(base64.b64decode(public_key_of(kept, pem=False)))
    assert pem == bare == private.public_key()
    assert kept.currencies == ["HKD", "JPY"]


def test_a_given_private_key_is_kept() -> None:
    first = create(given(sign_type="RSA2", md5_key=""))

    second = create(given(sign_type="RSA", md5_key="", private_key=first.private_key))

    assert public_key_of(second) == public_key_of(first)


def test_an_account_that_signs_with_md5_has_no_key_pair() -> None:
    account = create(given())

    assert account.private_key == ""
    with pytest.raises(Rejected, match="sign_type"):
        public_key_of(account)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"partner_id": "2088"}, "partner_id"),
        ({"currencies": []}, "currencies"),
        ({"currencies": ["HKD", "hkd"]}, "currencies"),
        ({"primary_url": "ftp://example.com/gateway.do"}, "primary_url"),
        ({"primary_url": ""}, "primary_url"),
        ({"backup_url": "nowhere"}, "backup_url"),
        ({"livemode": True}, "primary_url"),  # live calls go by https
        ({"md5_key": ""}, "md5_key"),
        ({"sign_type": "RSA2", "private_key": "not a key"}, "private_key"),
        ({"alipay_public_key": "not a key"}, "alipay_public_key"),
        ({"sign_type": "SM2"}, "sign_type"),
        ({"pay_read_seconds": 61}, "pay_read_seconds"),
    ],
)
def test_an_account_that_cannot_work_is_refused_by_field(
    changed: dict[str, object], field: str
) -> None:
    with pytest.raises(Rejected) as caught:
        create(given(**changed))

    assert {fault.field for fault in caught.value.errors} == {field}
    assert "not a key" not in str(caught.value)
    with platform_scope():
        assert not PartnerAccount.objects.exists()


def test_one_mode_has_one_active_account() -> None:
    account = PartnerAccountFactory()
    values = given(acquirer=account.acquirer)

    with pytest.raises(Conflict):
        create(values)
    create(values | {"livemode": True, "primary_url": "https://example.com/gateway.do"})

    with platform_scope():
        assert PartnerAccount.objects.filter(acquirer=account.acquirer).count() == 2


def test_alipays_key_is_set_and_a_wrong_one_changes_nothing() -> None:
    pair = create(given(sign_type="RSA2", md5_key=""))
    account = PartnerAccountFactory()
    good = public_key_of(pair, pem=False)

    with tenant_scope(account.acquirer.pk):
        set_alipay_key(account, alipay_public_key=f"  {good}\n")
        version = account.updated_at
        for wrong in ("", "not a key", pair.private_key):
            with pytest.raises(Rejected):
                set_alipay_key(account, alipay_public_key=wrong)
        account.refresh_from_db()

    assert account.alipay_public_key == good
    assert account.updated_at == version  # what running processes notice a new key by
