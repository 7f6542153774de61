"""Does a partner account work? One harmless signed call to each of its addresses, told in words.

Asked is about a trade that nobody made: "there is no such trade", signed by Alipay, is the proof
that the network, both keys and the contract are right.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext, gettext_noop

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
        gettext_noop("Alipay does not accept our signature."),
        gettext_noop("Upload our public key at Alipay, or check the sign type and the MD5 key."),
    ),
    "ILLEGAL_SIGN_TYPE": (
        gettext_noop("Alipay does not take this sign type for the account."),
        gettext_noop("Choose the one that the contract names."),
    ),
    "ILLEGAL_PARTNER": (
        gettext_noop("Alipay does not know this partner."),
        gettext_noop(
            "Check the partner id, and whether the address is that of test or of live mode."
        ),
    ),
    "HAS_NO_PRIVILEGE": (
        gettext_noop("The partner may not use barcode payments."),
        gettext_noop("Ask Alipay to sign the product for this partner."),
    ),
    BAD_SIGNATURE: (
        gettext_noop("The answer is not signed with the key that we have of Alipay."),
        gettext_noop("Enter Alipay's public key as Alipay shows it for this partner."),
    ),
    UNREADABLE_ANSWER: (
        gettext_noop("Something answers there, but it is not Alipay's gateway."),
        gettext_noop("Check the address, and whether a proxy stands between."),
    ),
}
_SAID["ILLEGAL_PARTNER_EXTERFACE"] = _SAID["HAS_NO_PRIVILEGE"]
_NETWORK = {
    gettext_noop("could not connect"): gettext_noop(
        "Check the address and its name, and whether the firewall lets us out."
    ),
    gettext_noop("connect timed out"): gettext_noop(
        "Check whether the firewall lets us out to this address."
    ),
    gettext_noop("read timed out"): gettext_noop(
        "Alipay took the call and did not answer in time; try again in a minute."
    ),
    gettext_noop("the gateway's certificate is not trusted"): gettext_noop(
        "Check the address; nothing of ours was sent."
    ),
}

_ANY_NETWORK = gettext_noop("Look at the network between this server and Alipay.")


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
            text = gettext("The account cannot be used: %s.") % error
            yield Finding(address, False, text, gettext("Correct it."), 0)
            continue
        outcome = connector.query(partner_trans_id=_NOBODYS_TRADE, amount=Money(1, currency))
        yield _finding(address, outcome)


def _finding(address: str, outcome: Outcome) -> Finding:
    took = outcome.evidence.duration_ms
    if outcome.is_trade_missing:
        text = gettext("Alipay answered in %d ms, and its signature is right.") % took
        return Finding(address, True, text, "", took)
    text, advice = _explain(outcome)
    return Finding(address, False, text, advice, took)


def _explain(outcome: Outcome) -> tuple[str, str]:
    error, status = outcome.evidence.error, outcome.evidence.http_status
    if error is not None:
        advice = _NETWORK.get(error, _ANY_NETWORK)
        return gettext("No answer: %s.") % gettext(error), gettext(advice)
    if status is not None and status != 200:
        text = gettext("The address answered with HTTP %s.") % status
        return text, gettext(_SAID[UNREADABLE_ANSWER][1])
    if outcome.code in _SAID:
        text, advice = _SAID[outcome.code]
        return gettext(text), gettext(advice)
    code = outcome.code or gettext("nothing that we know")
    return gettext("Alipay answered %s.") % code, gettext("Ask Alipay what it means.")
