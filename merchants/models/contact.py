"""Whom to call at a merchant."""

from django.core.validators import RegexValidator
from django.db import models

from merchants.models.merchant import Merchant
from tenancy.audit import Audit
from tenancy.scoped import TenantModel


class Contact(TenantModel):
    """A person at the merchant, and for what to ask them."""

    PREFIX = "con"
    AUDIT = Audit()

    class Role(models.TextChoices):
        BUSINESS = "business", "Business"
        OPERATIONS = "operations", "Operations"
        FINANCE = "finance", "Finance"
        TECHNICAL = "technical", "Technical"

    merchant = models.ForeignKey(Merchant, models.PROTECT, related_name="contacts")
    role = models.CharField(max_length=16, choices=Role, default=Role.BUSINESS)
    contact_name = models.CharField("name", max_length=128)
    email = models.EmailField()
    phone = models.CharField(
        max_length=20,
        blank=True,
        default="",
        validators=[
            RegexValidator(
                r"\A\+[0-9][0-9 -]{5,18}\Z", "With the country's code, such as +852 2123 4567."
            )
        ],
    )

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["merchant", "id"], name="contact_by_merchant")]

    def __str__(self) -> str:
        return f"{self.contact_name} ({self.get_role_display()})"
