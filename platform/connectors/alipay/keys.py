"""Reads RSA keys in the two forms that Alipay's tools and manuals use: PEM, and bare Base64 DER."""

import base64
import binascii
from functools import lru_cache

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

from connectors.alipay.config import BadConfiguration


def load_private_key(text: str) -> RSAPrivateKey:
    """Our own key: PEM, or Base64 of PKCS#8 (§1.3). Raises BadConfiguration."""
    try:
        if _is_pem(text):
            key = serialization.load_pem_private_key(text.strip().encode(), password=None)
        else:
            key = serialization.load_der_private_key(_bytes_of(text), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        # The reason is dropped on purpose: it may quote the key.
        raise BadConfiguration("private_key is no readable PEM or Base64 PKCS#8 key") from None
    if not isinstance(key, RSAPrivateKey):
        raise BadConfiguration("private_key is not an RSA key")
    return key


@lru_cache(maxsize=256)
def load_public_key(text: str) -> RSAPublicKey:
    """Alipay's key: PEM, or Base64 of X.509 SubjectPublicKeyInfo (§1.3). Raises BadConfiguration.

    Public and asked for by every notification, so the parsed key is kept.
    """
    try:
        if _is_pem(text):
            key = serialization.load_pem_public_key(text.strip().encode())
        else:
            key = serialization.load_der_public_key(_bytes_of(text))
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise BadConfiguration("alipay_public_key is no readable PEM or Base64 X.509 key") from None
    if not isinstance(key, RSAPublicKey):
        raise BadConfiguration("alipay_public_key is not an RSA key")
    return key


def _is_pem(text: str) -> bool:
    return text.lstrip().startswith("-----BEGIN")


def _bytes_of(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except binascii.Error as error:
        raise ValueError("not Base64") from error
