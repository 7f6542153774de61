"""The sandbox's own signatures: MD5, RSA (SHA-1), RSA2 (SHA-256), both ways (reference §1.3)."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

SIGN_TYPES = ("MD5", "RSA", "RSA2")
_HASHES: dict[str, hashes.HashAlgorithm] = {
    "RSA": hashes.SHA1(),  # noqa: S303 - the scheme's own older algorithm
    "RSA2": hashes.SHA256(),
}


def signed_text(values: Mapping[str, str]) -> str:
    """What is signed: sorted ``name=value``, raw, without signature and empty values."""
    return "&".join(
        f"{name}={values[name]}"
        for name in sorted(values)
        if name not in ("sign", "sign_type") and values[name] != ""
    )


def new_private_pem() -> str:
    """A new RSA-2048 key of the sandbox's own."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


def public_base64(private_pem: str) -> str:
    """The public half as Alipay's back office prints it: SubjectPublicKeyInfo in Base64."""
    der = (
        _private(private_pem)
        .public_key()
        .public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    return base64.b64encode(der).decode()


def sign(
    text: str, sign_type: str, *, private_pem: str, md5_key: str, charset: str = "utf-8"
) -> str:
    """The signature of ``text``: 32 hex digits, or Base64."""
    data = text.encode(charset, "replace")
    if sign_type == "MD5":
        return hashlib.md5(data + md5_key.encode(charset)).hexdigest()  # noqa: S324 - the scheme's
    signature = _private(private_pem).sign(data, padding.PKCS1v15(), _HASHES[sign_type])
    return base64.b64encode(signature).decode()


def is_signed(
    text: str, signature: str, sign_type: str, *, public_key: str, md5_key: str, charset: str
) -> bool:
    """Whether ``signature`` is the partner's for ``text``."""
    data = text.encode(charset, "replace")
    if sign_type == "MD5":
        expected = hashlib.md5(data + md5_key.encode(charset)).hexdigest()  # noqa: S324
        return bool(md5_key) and hmac.compare_digest(expected.encode(), signature.encode())
    try:
        _public(public_key).verify(
            base64.b64decode(signature, validate=True), data, padding.PKCS1v15(), _HASHES[sign_type]
        )
    except (InvalidSignature, ValueError, binascii.Error):
        return False
    return True


def check_public_key(text: str) -> None:
    """Raises ValueError if ``text`` is no RSA public key."""
    _public(text)


@lru_cache(maxsize=64)
def _private(pem: str) -> rsa.RSAPrivateKey:
    key = serialization.load_pem_private_key(pem.encode(), None)
    assert isinstance(key, rsa.RSAPrivateKey)  # noqa: S101 - made by new_private_pem
    return key


@lru_cache(maxsize=256)
def _public(text: str) -> rsa.RSAPublicKey:
    if "-----BEGIN" in text:
        key = serialization.load_pem_public_key(text.encode())
    else:
        key = serialization.load_der_public_key(base64.b64decode("".join(text.split())))
    if not isinstance(key, rsa.RSAPublicKey):
        raise ValueError("not an RSA key")  # noqa: TRY004
    return key
