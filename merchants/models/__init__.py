"""The acquirer's partner accounts, and the merchants below it with stores, terminals and keys."""

from merchants.models.acquirer_key import AcquirerKey
from merchants.models.api_key import ApiKey
from merchants.models.bank_account import BankAccount
from merchants.models.contact import Contact
from merchants.models.document import Document
from merchants.models.merchant import Merchant
from merchants.models.merchant_import import MerchantImport
from merchants.models.merchant_step import MerchantStep
from merchants.models.pairing import Pairing
from merchants.models.partner_account import PartnerAccount
from merchants.models.refund_pin import RefundPin
from merchants.models.registration import Registration
from merchants.models.sheet_import import SheetImport
from merchants.models.store import Store
from merchants.models.terminal import Terminal

__all__ = [
    "AcquirerKey",
    "ApiKey",
    "BankAccount",
    "Contact",
    "Document",
    "Merchant",
    "MerchantImport",
    "MerchantStep",
    "Pairing",
    "PartnerAccount",
    "RefundPin",
    "Registration",
    "SheetImport",
    "Store",
    "Terminal",
]
