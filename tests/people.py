"""The people that tests are about: a merchant, its rival, and an outsider."""

from dataclasses import dataclass

from rest_framework.test import APIClient

from merchants.models import ApiKey, Merchant, PartnerAccount, Store, Terminal
from tenancy.models import Acquirer
from tests.factories.merchants import (
    ApiKeyFactory,
    MerchantFactory,
    PartnerAccountFactory,
    StoreFactory,
    TerminalFactory,
)
from tests.factories.tenancy import AcquirerFactory


@dataclass(frozen=True)
class Person:
    """One merchant with everything it needs to be paid."""

    acquirer: Acquirer
    partner_account: PartnerAccount
    merchant: Merchant
    store: Store
    terminal: Terminal
    key: ApiKey
    key_text: str

    def client(self) -> APIClient:
        """A client that sends this merchant's key."""
        return client_with(self.key_text)


def client_with(key_text: str) -> APIClient:
    """A client that sends ``key_text``; faults of ours come back as answers, not as exceptions."""
    client = APIClient(raise_request_exception=False)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {key_text}")
    return client


def make_person(
    acquirer: Acquirer | None = None, partner_account: PartnerAccount | None = None
) -> Person:
    """A merchant with one store, terminal and test key; of a new acquirer if none is given."""
    acquirer = acquirer or AcquirerFactory()
    merchant = MerchantFactory(acquirer=acquirer)
    store = StoreFactory(merchant=merchant)
    key = ApiKeyFactory(merchant=merchant)
    return Person(
        acquirer=acquirer,
        partner_account=partner_account or PartnerAccountFactory(acquirer=acquirer),
        merchant=merchant,
        store=store,
        terminal=TerminalFactory(store=store),
        key=key,
        key_text=key.text,
    )
