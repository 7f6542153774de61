"""Partner accounts: the acquirer's integration with Alipay, and the keys on both sides of it."""

from collections.abc import Iterable

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from connectors.alipay import rules
from connectors.alipay.config import BadConfiguration, GatewayConfig, SignType
from connectors.alipay.keys import load_private_key, load_public_key
from merchants.models import PartnerAccount
from tenancy.models import Acquirer
from tenancy.saving import faulty, save_checked

_RSA_BITS = 2048  # what Alipay's own tools make (barcode reference §1.3)


def create_partner_account(
    *,
    acquirer: Acquirer,
    partner_id: str,
    livemode: bool,
    currencies: Iterable[str],
    primary_url: str,
    backup_url: str = "",
    sign_type: str = SignType.RSA2,
    private_key: str = "",
    md5_key: str = "",
    alipay_public_key: str = "",
    pay_read_seconds: int = 15,
) -> PartnerAccount:
    """The account of one mode; without ``private_key`` a key pair is made, and stays, here.

    Keys are PEM, or Base64 as Alipay's tools print them. Raises Rejected for a key that cannot be
    read, a currency that Alipay does not take or an address that is none; Conflict if the
    acquirer has an active account of this mode.
    """
    account = PartnerAccount(
        acquirer=acquirer,
        partner_id=partner_id,
        livemode=livemode,
        currencies=list(dict.fromkeys(currencies)),
        primary_url=primary_url,
        backup_url=backup_url,
        sign_type=sign_type,
        private_key=private_key or new_private_key(sign_type),
        md5_key=md5_key,
        alipay_public_key=alipay_public_key,
        pay_read_seconds=pay_read_seconds,
    )
    check_account(account)
    save_checked(account)
    return account


def set_alipay_key(account: PartnerAccount, *, alipay_public_key: str) -> None:
    """Verify Alipay's answers with this key from now on; raises Rejected if it is no RSA key."""
    account.alipay_public_key = alipay_public_key.strip()
    if not account.alipay_public_key:
        raise faulty("alipay_public_key", "The key is empty.")
    check_keys(account)
    save_checked(account)


def public_key_of(account: PartnerAccount, *, pem: bool = True) -> str:
    """Our public key, to be uploaded at Alipay: PEM, or the same as one line of Base64.

    Raises Rejected for an account that signs with MD5 and has no key pair.
    """
    if not account.private_key:
        raise faulty("sign_type", "This account signs with MD5 and has no key pair.")
    return public_half(account.private_key, pem=pem)


def public_half(private_key: str, *, pem: bool = True) -> str:
    """The public key of a private one: PEM, or the same as one line of Base64."""
    key = load_private_key(private_key).public_key()
    text = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    return text if pem else "".join(text.splitlines()[1:-1])


def new_private_key(sign_type: str) -> str:
    """A new RSA key in PEM, or nothing for an account that signs with MD5."""
    if sign_type == SignType.MD5:
        return ""
    key = rsa.generate_private_key(public_exponent=65537, key_size=_RSA_BITS)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def check_account(account: PartnerAccount) -> None:
    """Raise Rejected for currencies, addresses or keys that could never work at Alipay."""
    if not account.currencies or not all(map(rules.is_currency_supported, account.currencies)):
        raise faulty("currencies", "One or more ISO 4217 codes that Alipay takes, such as HKD.")
    _check_addresses(account)
    check_keys(account)
    _check_cards(account)


def check_keys(account: PartnerAccount) -> None:
    """Raise Rejected for keys that the account's calls to Alipay would fail with."""
    if account.sign_type == SignType.MD5 and not account.md5_key:
        raise faulty("md5_key", "An account that signs with MD5 needs its MD5 key.")
    if account.sign_type != SignType.MD5 and not account.private_key:
        raise faulty("private_key", "An account that signs with RSA needs a private key.")
    try:
        if account.private_key:
            load_private_key(account.private_key)
    except BadConfiguration as error:
        raise faulty("private_key", f"{error}.") from None
    try:
        if account.alipay_public_key:
            load_public_key(account.alipay_public_key)
    except BadConfiguration as error:
        raise faulty("alipay_public_key", f"{error}.") from None


def _check_addresses(account: PartnerAccount) -> None:
    _check_address(account, "primary_url")
    if account.backup_url:
        _check_address(account, "backup_url")


def _check_address(account: PartnerAccount, field: str) -> None:
    address = getattr(account, field)
    try:
        GatewayConfig(partner_id="any", primary_url=address, backup_url=None)
    except BadConfiguration as error:
        raise faulty(field, f"{error}.") from None
    if account.livemode and not address.startswith("https://"):
        raise faulty(field, "A live account calls Alipay by https only.")


def _check_cards(account: PartnerAccount) -> None:
    """An app signs with RSA2 and the account's own key, and each of its settings is there."""
    if not account.card_app_id:
        return
    if account.sign_type != SignType.RSA2:
        raise faulty("card_app_id", "Membership cards need an account that signs with RSA2.")
    _check_address(account, "card_url")
    try:
        load_public_key(account.card_alipay_public_key)
    except BadConfiguration as error:
        raise faulty("card_alipay_public_key", f"{error}.") from None
