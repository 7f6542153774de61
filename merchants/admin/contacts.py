"""A merchant's contacts, on its page."""

from typing import Any

from django import forms

from merchants.models import Contact
from tenancy.owned_admin import OwnedInline


class ContactForm(forms.ModelForm):  # type: ignore[type-arg]
    """A contact is of its merchant's acquirer."""

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        self.instance.acquirer_id = self.instance.merchant.acquirer_id
        return cleaned


class ContactRows(OwnedInline):
    model = Contact
    form = ContactForm
    fields = ("role", "contact_name", "email", "phone")
    ordering = ("id",)
    max_num = 20
