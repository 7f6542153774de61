"""Signs requests and verifies answers and notifications (barcode reference §1.3, 1.4, 3.6)."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, HashAlgorithm

from connectors.alipay.config import BadConfiguration, GatewayConfig, SignType
from connectors.alipay.keys import load_private_key, load_public_key

CHARSET = "UTF-8"
_NOT_SIGNED = frozenset({"sign", "sign_type"})


def text_to_sign(parameters: Mapping[str, str]) -> str:
    """``name=value`` of every filled parameter but the signature's own, in byte order (§1.3)."""
    names = sorted(name for name in parameters if name not in _NOT_SIGNED)
    return "&".join(f"{name}={parameters[name]}" for name in names if parameters[name])


class Verifier(Protocol):
    def verify(self, message: bytes, signature: str) -> bool:
        """Did Alipay sign ``message``? A malformed signature is simply a wrong one."""


class Signature(Verifier, Protocol):
    def sign(self, message: bytes) -> str:
        """Our signature of ``message`` as it travels: hexadecimal (MD5) or Base64 (RSA)."""


class Md5Signature:
    """MD5 of the message with the shared key glued on; the same key in both directions."""

    def __init__(self, key: str) -> None:
        if not key:
            raise BadConfiguration("md5_key is empty, and sign_type is MD5")
        self._key = key.encode()

    def sign(self, message: bytes) -> str:
        return hashlib.md5(message + self._key).hexdigest()  # noqa: S324  the scheme's own choice

    def verify(self, message: bytes, signature: str) -> bool:
        return hmac.compare_digest(self.sign(message).encode(), signature.encode())


class RsaVerifier:
    """PKCS#1 v1.5 with SHA-1 (RSA) or SHA-256 (RSA2), checked with Alipay's public key."""

    def __init__(self, public_key: RSAPublicKey, digest: HashAlgorithm) -> None:
        self._public_key = public_key
        self._digest = digest

    def verify(self, message: bytes, signature: str) -> bool:
        try:
            raw = base64.b64decode("".join(signature.split()), validate=True)
            self._public_key.verify(raw, message, PKCS1v15(), self._digest)
        except (InvalidSignature, binascii.Error, ValueError):
            return False
        return True


class RsaSignature(RsaVerifier):
    """The same, and signs with our private key."""

    def __init__(
        self, private_key: RSAPrivateKey, public_key: RSAPublicKey, digest: HashAlgorithm
    ) -> None:
        super().__init__(public_key, digest)
        self._private_key = private_key

    def sign(self, message: bytes) -> str:
        raw = self._private_key.sign(message, PKCS1v15(), self._digest)
        return base64.b64encode(raw).decode("ascii")


def signature_for(config: GatewayConfig) -> Signature:
    """Both directions of ``config``; reads the keys. Raises BadConfiguration."""
    if config.sign_type is SignType.MD5:
        return Md5Signature(config.md5_key)
    return RsaSignature(
        load_private_key(config.private_key),
        load_public_key(config.alipay_public_key),
        _digest(config.sign_type),
    )


def verifier_for(config: GatewayConfig) -> Verifier:
    """The checking half of ``config``, without touching the private key (which is slow to read)."""
    if config.sign_type is SignType.MD5:
        return Md5Signature(config.md5_key)
    return RsaVerifier(load_public_key(config.alipay_public_key), _digest(config.sign_type))


def _digest(sign_type: SignType) -> HashAlgorithm:
    # SHA-1 is what sign_type=RSA means; new contracts should take RSA2.
    return SHA256() if sign_type is SignType.RSA2 else SHA1()  # noqa: S303
