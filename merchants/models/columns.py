"""What the columns of several tables accept."""

from typing import Any

from django.core.validators import RegexValidator
from django.db import models

from merchants.countries import check_country
from merchants.state import Status

# What Alipay accepts as the id of a secondary merchant, store or terminal (reference §2.2).
scheme_id = RegexValidator(
    r"\A[A-Za-z0-9_-]{1,32}\Z", "1 to 32 letters, digits, '-' or '_': Alipay takes nothing else."
)
STATUSES = [(status.value, status.value) for status in Status]


def part(label: str, limit: int = 64) -> "models.CharField[str, str]":
    """One part of an address (merchants.addresses); any may be missing."""
    return models.CharField(label, max_length=limit, blank=True, default="")


def country_column(**options: Any) -> "models.CharField[str, str]":
    """ISO 3166, two capitals."""
    return models.CharField(max_length=2, validators=[check_country], **options)
