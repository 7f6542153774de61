"""One secret in its envelope: encrypted under a data key of its own, which a master key wraps.

``tg1.<id of the master key>.<wrapped data key>.<ciphertext>``, both AES-256-GCM. To change the
master key only the data key is wrapped anew; the ciphertext stays. No Django, no I/O.
"""

import base64
import binascii
import hashlib
import secrets
from dataclasses import dataclass, field
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

VERSION = "tg1"
_KEY_BYTES, _NONCE_BYTES = 32, 12


class BadEnvelope(ValueError):
    """The text cannot be opened: no key for it, or somebody changed it."""


class BadMasterKey(ValueError):
    """The text is no master key."""


@dataclass(frozen=True, slots=True)
class MasterKey:
    """One master key, ready to wrap; ``id`` is derived from it and gives nothing away."""

    id: str
    wrapping: AESGCM = field(repr=False)
    fernet: Fernet = field(repr=False)  # opens what was encrypted before there were envelopes


@lru_cache(maxsize=16)
def read_master_key(text: str) -> MasterKey:
    """The key behind 32 bytes of Base64 (either alphabet); raises BadMasterKey."""
    try:
        plain = base64.b64decode(text.strip().translate(str.maketrans("-_", "+/")), validate=True)
    except (binascii.Error, ValueError):
        plain = b""
    if len(plain) != _KEY_BYTES:
        raise BadMasterKey("a master key is 32 random bytes in Base64 (44 characters)")
    derived = HKDF(SHA256(), _KEY_BYTES, salt=None, info=b"tillgate data keys").derive(plain)
    return MasterKey(
        id=hashlib.sha256(b"tillgate master key " + plain).hexdigest()[:12],
        wrapping=AESGCM(derived),
        fernet=Fernet(base64.urlsafe_b64encode(plain)),
    )


def seal(plain: str, key: MasterKey) -> str:
    """``plain`` under a new data key, wrapped by ``key``."""
    data_key = secrets.token_bytes(_KEY_BYTES)
    ciphertext = _encrypt(AESGCM(data_key), plain.encode(), b"")
    return ".".join((VERSION, key.id, _wrap(data_key, key), ciphertext))


def unseal(envelope: str, keys: tuple[MasterKey, ...]) -> str:
    """The text inside; raises BadEnvelope."""
    if not envelope.startswith(VERSION + "."):
        return _open_fernet(envelope, keys)
    data_key, _, ciphertext = _open(envelope, keys)
    return _decrypt(AESGCM(data_key), ciphertext, b"").decode()


def rewrap(envelope: str, keys: tuple[MasterKey, ...]) -> str:
    """The same secret under the first of ``keys``; raises BadEnvelope."""
    if not envelope.startswith(VERSION + "."):
        return seal(_open_fernet(envelope, keys), keys[0])
    data_key, _, ciphertext = _open(envelope, keys)
    return ".".join((VERSION, keys[0].id, _wrap(data_key, keys[0]), ciphertext))


def prefix(key: MasterKey) -> str:
    """How every envelope under ``key`` begins."""
    return f"{VERSION}.{key.id}."


def _open(envelope: str, keys: tuple[MasterKey, ...]) -> tuple[bytes, str, str]:
    try:
        _, key_id, wrapped, ciphertext = envelope.split(".")
    except ValueError:
        raise BadEnvelope("an envelope has four parts") from None
    key = next((each for each in keys if each.id == key_id), None)
    if key is None:
        raise BadEnvelope(f"the master key {key_id[:12]} is not set")
    return _decrypt(key.wrapping, wrapped, key.id.encode()), key_id, ciphertext


def _wrap(data_key: bytes, key: MasterKey) -> str:
    return _encrypt(key.wrapping, data_key, key.id.encode())


def _encrypt(cipher: AESGCM, plain: bytes, context: bytes) -> str:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return base64.urlsafe_b64encode(nonce + cipher.encrypt(nonce, plain, context)).decode()


def _decrypt(cipher: AESGCM, text: str, context: bytes) -> bytes:
    try:
        sealed = base64.urlsafe_b64decode(text)
        return cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], context)
    except (InvalidTag, ValueError):
        raise BadEnvelope("the secret or its wrapped key was changed") from None


def _open_fernet(token: str, keys: tuple[MasterKey, ...]) -> str:
    for key in keys:
        try:
            return key.fernet.decrypt(token.encode()).decode()
        except InvalidToken:
            continue
    raise BadEnvelope("no master key that is set opens it")
