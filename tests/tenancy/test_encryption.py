"""Law 11: PostgreSQL only ever sees secrets encrypted, each under a data key of its own."""

import base64

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from pytest_django.fixtures import Settings

from merchants.models import PartnerAccount
from tenancy import envelope
from tenancy.encryption import decrypt, encrypt
from tenancy.envelope import BadEnvelope, read_master_key
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
def test_the_table_holds_ciphertext_and_the_model_the_text(settings: Settings) -> None:
    settings.MASTER_KEYS = [NEW]
    account = PartnerAccountFactory(private_key=SECRET, md5_key="")

    private_key, md5_key = stored(account)

    assert private_key.startswith(f"tg1.{read_master_key(NEW).id}.")
    assert "BEGIN" not in private_key
    assert decrypt(private_key) == SECRET
    assert md5_key == ""  # nothing is no secret
    with platform_scope():
        assert PartnerAccount.objects.get(pk=account.pk).private_key == SECRET


def test_the_same_text_is_never_encrypted_alike() -> None:
    one, other = encrypt(SECRET).split("."), encrypt(SECRET).split(".")

    assert one[:2] == other[:2]
    assert one[2] != other[2]
    assert one[3] != other[3]


def test_the_newest_key_encrypts_and_older_ones_still_decrypt(settings: Settings) -> None:
    settings.MASTER_KEYS = [OLD]
    before = encrypt(SECRET)
    settings.MASTER_KEYS = [NEW, OLD]
    after = encrypt(SECRET)

    assert decrypt(before) == SECRET
    settings.MASTER_KEYS = [NEW]
    assert decrypt(after) == SECRET


def test_what_was_encrypted_before_there_were_envelopes_is_read(settings: Settings) -> None:
    token = Fernet(OLD).encrypt(SECRET.encode()).decode()
    settings.MASTER_KEYS = [NEW, OLD]

    assert decrypt(token) == SECRET

    settings.MASTER_KEYS = [NEW]
    with pytest.raises(ImproperlyConfigured, match="no master key that is set opens it"):
        decrypt(token)


def test_a_secret_whose_key_was_taken_away_is_a_clear_fault(settings: Settings) -> None:
    settings.MASTER_KEYS = [OLD]
    token = encrypt(SECRET)
    settings.MASTER_KEYS = [NEW]

    with pytest.raises(ImproperlyConfigured) as caught:
        decrypt(token)

    missing = read_master_key(OLD).id
    assert str(caught.value) == f"a secret cannot be opened: the master key {missing} is not set"
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    ("faulty", "said"), [([], "holds no key"), (["short"], "32 random bytes"), (["é"], "32 random")]
)
def test_without_a_whole_key_nothing_is_encrypted(
    faulty: list[str], said: str, settings: Settings
) -> None:
    settings.MASTER_KEYS = faulty

    with pytest.raises(ImproperlyConfigured, match=f"TILLGATE_MASTER_KEYS.*{said}") as caught:
        encrypt(SECRET)

    assert "short" not in str(caught.value)


@pytest.mark.parametrize("part", [2, 3])
def test_a_changed_byte_is_noticed(part: int) -> None:
    key = read_master_key(NEW)
    parts = envelope.seal(SECRET, key).split(".")
    plain = bytearray(base64.urlsafe_b64decode(parts[part]))
    plain[-1] ^= 1
    parts[part] = base64.urlsafe_b64encode(plain).decode()

    with pytest.raises(BadEnvelope, match="was changed"):
        envelope.unseal(".".join(parts), (key,))


def test_a_data_key_of_one_secret_opens_no_other() -> None:
    key = read_master_key(NEW)
    one, other = envelope.seal("one", key).split("."), envelope.seal("other", key).split(".")

    with pytest.raises(BadEnvelope, match="was changed"):
        envelope.unseal(".".join([*one[:3], other[3]]), (key,))


@pytest.mark.parametrize("text", ["tg1.", "tg1.a.b", "tg1.a.b.c.d", "tg2.a.b.c", "\0"])
def test_what_is_no_envelope_is_refused(text: str) -> None:
    with pytest.raises(BadEnvelope):
        envelope.unseal(text, (read_master_key(NEW),))


def test_the_same_master_key_is_the_same_in_both_alphabets() -> None:
    plain = b"\xfb\xff" * 16

    one = read_master_key(base64.b64encode(plain).decode())
    other = read_master_key(base64.urlsafe_b64encode(plain).decode())

    assert one.id == other.id
    assert envelope.unseal(envelope.seal(SECRET, one), (other,)) == SECRET
    assert OLD not in repr(read_master_key(OLD))
