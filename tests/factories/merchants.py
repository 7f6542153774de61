"""Partner accounts, merchants, stores, terminals, API keys."""

from typing import Any

import factory

from merchants.keys import new_acquirer_key, new_key
from merchants.models import AcquirerKey, ApiKey, Merchant, PartnerAccount, Store, Terminal
from merchants.state import ALL_ACQUIRER_SCOPES, ALL_SCOPES
from tests.factories.base import TenantFactory
from tests.factories.tenancy import AcquirerFactory

MD5_KEY = "tests-only-md5-key-of-32-letters"


class PartnerAccountFactory(TenantFactory):
    """Signs with MD5: an RSA key pair would cost each test a third of a second."""

    class Meta:
        model = PartnerAccount

    acquirer = factory.SubFactory(AcquirerFactory)
    partner_id = factory.Sequence(lambda n: f"2088{n:012d}")
    registers_stores = False  # who needs the gate of live payments opens it
    sign_type = PartnerAccount.SignType.MD5
    md5_key = MD5_KEY
    primary_url = "http://127.0.0.1:9/gateway.do"  # the discard port: nobody answers
    currencies = factory.List(["HKD"])


class MerchantFactory(TenantFactory):
    class Meta:
        model = Merchant

    acquirer = factory.SubFactory(AcquirerFactory)
    legal_name = "Harbour Tea Limited"
    display_name = "Harbour Tea"
    mcc = "5812"
    country = "HK"
    status = "active"
    scheme_merchant_id = factory.Sequence(lambda n: f"M{n:04d}")


class StoreFactory(TenantFactory):
    """``StoreFactory(merchant=…)`` is of that merchant's acquirer."""

    class Meta:
        model = Store

    merchant = factory.SubFactory(MerchantFactory)
    acquirer = factory.SelfAttribute("merchant.acquirer")
    name = "Harbour Tea Central"
    scheme_store_id = factory.Sequence(lambda n: f"S{n:03d}")


class TerminalFactory(TenantFactory):
    """``TerminalFactory(store=…)`` is of that store's merchant."""

    class Meta:
        model = Terminal

    store = factory.SubFactory(StoreFactory)
    acquirer = factory.SelfAttribute("store.acquirer")
    merchant = factory.SelfAttribute("store.merchant")
    name = "Till 1"
    scheme_terminal_id = factory.Sequence(lambda n: f"T{n:02d}")


class ApiKeyFactory(TenantFactory):
    """The key's text stands in ``.text``, which no saved row has."""

    class Meta:
        model = ApiKey

    merchant = factory.SubFactory(MerchantFactory)
    acquirer = factory.SelfAttribute("merchant.acquirer")
    label = "ECR"
    livemode = False
    scopes = factory.LazyFunction(lambda: list(ALL_SCOPES))

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> Any:
        text, kept = new_key(livemode=kwargs["livemode"])
        made = {"lookup": kept.lookup, "digest": kept.digest}
        key = super()._create(model_class, *args, **(made | kwargs))
        key.text = text
        return key


class AcquirerKeyFactory(TenantFactory):
    """The key's text stands in ``.text``, which no saved row has."""

    class Meta:
        model = AcquirerKey

    acquirer = factory.SubFactory(AcquirerFactory)
    label = "Onboarding"
    scopes = factory.LazyFunction(lambda: list(ALL_ACQUIRER_SCOPES))

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> Any:
        text, kept = new_acquirer_key()
        made = {"lookup": kept.lookup, "digest": kept.digest}
        key = super()._create(model_class, *args, **(made | kwargs))
        key.text = text
        return key
