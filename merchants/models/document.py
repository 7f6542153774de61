"""A paper that a merchant gave: what it is, and where its bytes are."""

import secrets
from typing import ClassVar

from django.db import models

from merchants.models.merchant import Merchant
from tenancy.scoped import TenantModel


def random_name() -> str:
    return secrets.token_hex(16)


class Document(TenantModel):
    """Written once and never changed; the file has a random name in a private folder."""

    PREFIX = "doc"
    IS_APPEND_ONLY: ClassVar[bool] = True

    class Kind(models.TextChoices):
        REGISTRATION = "registration", "Extract of the register"
        IDENTITY = "identity", "Identity of the responsible person"
        ADDRESS = "address", "Proof of address"
        BANK = "bank", "Letter of the bank"
        CONTRACT = "contract", "Contract"
        PREMISES = "premises", "Picture of the premises"
        OTHER = "other", "Other"

    merchant = models.ForeignKey(Merchant, models.PROTECT, related_name="documents")
    kind = models.CharField(max_length=16, choices=Kind)
    file_name = models.CharField(max_length=128)  # as it was called where it came from
    stored_as = models.CharField(max_length=64, unique=True, editable=False, default=random_name)
    content_type = models.CharField(max_length=32)  # by its first bytes, not by its name
    size_bytes = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    added_by = models.CharField(max_length=128)  # staff:ada@…

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["merchant", "id"], name="document_by_merchant")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.file_name}"
