"""Does a partner account work? One harmless signed call to each of its addresses, told in words.

Asked is about a trade that nobody made: "there is no such trade", signed by Alipay, is the proof
that the network, both keys and the contract are right.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from connectors.alipay.config import BadConfiguration
from connectors.alipay.verdict import BAD_SIGNATURE, UNREADABLE_ANSWER
from connectors.base import Outcome
from connectors.registry import build_connector
from kernel.money import Money
from merchants.gateways import connector_settings
from merchants.models import PartnerAccount
from tenancy.postgres import release_connection

_NOBODYS_TRADE = "tillgateprobe"  # no payment of ours has such an id

# What Alipay or the network said -> what it means, and what to do.
_SAID = {
    "ILLEGAL_SIGN": (
        "Alipay does not accept our signature.",
        "Upload our public key at Alipay, or check the sign type and the MD5 key.",
    ),
    "ILLEGAL_SIGN_TYPE": (
        "Alipay does not take this sign type for the account.",
        "Choose the one that the contract names.",
    ),
    "ILLEGAL_PARTNER": (
        "Alipay does not know this partner.",
        "Check the partner id, and whether the address is that of test or of live mode.",
    ),
    "HAS_NO_PRIVILEGE": (
        "The partner may not use barcode payments.",
        "Ask Alipay to sign the product for this partner.",
    ),
    BAD_SIGNATURE: (
        "The answer is not signed with the key that we have of Alipay.",
        "Enter Alipay's public key as Alipay shows it for this partner.",
    ),
    UNREADABLE_ANSWER: (
        "Something answers there, but it is not Alipay's gateway.",
        "Check the address, and whether a proxy stands between.",
    ),
}
_SAID["ILLEGAL_PARTNER_EXTERFACE"] = _SAID["HAS_NO_PRIVILEGE"]
_NETWORK = {
    "could not connect": "Check the address and its name, and whether the firewall lets us out.",
    "connect timed out": "Check whether the firewall lets us out to this address.",
    "read timed out": "Alipay took the call and did not answer in time; try again in a minute.",
    "the gateway's certificate is not trusted": "Check the address; nothing of ours was sent.",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """What one address of an account does."""

    address: str
    is_good: bool
    text: str
    advice: str
    milliseconds: int


def check_connection(account: PartnerAccount) -> list[Finding]:
    """Call each address of the account once; no database connection is held meanwhile."""
    settings = connector_settings(account)
    currency = account.currencies[0]
    addresses = [url for url in (account.primary_url, account.backup_url) if url]
    release_connection()
    return list(_ask(account.scheme, settings, addresses, currency))


def _ask(
    scheme: str, settings: dict[str, object], addresses: list[str], currency: str
) -> Iterator[Finding]:
    for address in addresses:
        only = settings | {"primary_url": address, "backup_url": None, "pool_size": 1}
        try:
            connector = build_connector(scheme, only)
        except BadConfiguration as error:
            yield Finding(address, False, f"The account cannot be used: {error}.", "Correct it.", 0)
            continue
        outcome = connector.query(partner_trans_id=_NOBODYS_TRADE, amount=Money(1, currency))
        yield _finding(address, outcome)


def _finding(address: str, outcome: Outcome) -> Finding:
    took = outcome.evidence.duration_ms
    if outcome.is_trade_missing:
        text = f"Alipay answered in {took} ms, and its signature is right."
        return Finding(address, True, text, "", took)
    text, advice = _explain(outcome)
    return Finding(address, False, text, advice, took)


def _explain(outcome: Outcome) -> tuple[str, str]:
    error, status = outcome.evidence.error, outcome.evidence.http_status
    if error is not None:
        advice = _NETWORK.get(error, "Look at the network between this server and Alipay.")
        return f"No answer: {error}.", advice
    if status is not None and status != 200:
        return f"The address answered with HTTP {status}.", _SAID[UNREADABLE_ANSWER][1]
    if outcome.code in _SAID:
        return _SAID[outcome.code]
    return f"Alipay answered {outcome.code or 'nothing that we know'}.", "Ask Alipay what it means."
