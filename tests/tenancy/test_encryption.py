"""Law 11: PostgreSQL only ever sees secrets encrypted, and keys rotate."""

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from pytest_django.fixtures import Settings

from merchants.models import PartnerAccount
from tenancy.encryption import decrypt, encrypt
from tenancy.scope import platform_scope
from tests.factories.merchants import PartnerAccountFactory

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()
SECRET = "-----BEGIN PRIVATE KEY----- tests only"


def stored(account: PartnerAccount) -> tuple[str, str]:
    with platform_scope(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT private_key, md5_key FROM merchants_partneraccount WHERE id = %s", [account.pk]
        )
        row: tuple[str, str] = cursor.fetchone()
        return row


@pytest.mark.django_db
def test_the_table_holds_ciphertext_and_the_model_the_text() -> None:
    account = PartnerAccountFactory(private_key=SECRET, md5_key="")

    private_key, md5_key = stored(account)

    assert private_key.startswith("gAAAA")  # how every Fernet token begins
    assert "BEGIN" not in private_key
    assert decrypt(private_key) == SECRET
    assert md5_key == ""  # nothing is no secret
    with platform_scope():
        assert PartnerAccount.objects.get(pk=account.pk).private_key == SECRET


def test_the_same_text_is_never_encrypted_alike() -> None:
    assert encrypt(SECRET) != encrypt(SECRET)


def test_the_newest_key_encrypts_and_older_ones_still_decrypt(settings: Settings) -> None:
    settings.ENCRYPTION_KEYS = [OLD]
    before = encrypt(SECRET)
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    after = encrypt(SECRET)

    assert decrypt(before) == SECRET
    assert Fernet(NEW).decrypt(after.encode()).decode() == SECRET


def test_a_secret_whose_key_was_taken_away_is_a_clear_fault(settings: Settings) -> None:
    settings.ENCRYPTION_KEYS = [OLD]
    token = encrypt(SECRET)
    settings.ENCRYPTION_KEYS = [NEW]

    with pytest.raises(ImproperlyConfigured) as caught:
        decrypt(token)

    assert str(caught.value) == "a secret was encrypted with a key that is not set"
    assert caught.value.__cause__ is None


def test_without_any_key_nothing_is_encrypted(settings: Settings) -> None:
    settings.ENCRYPTION_KEYS = []

    with pytest.raises(ImproperlyConfigured, match="TILLGATE_ENCRYPTION_KEYS"):
        encrypt(SECRET)
