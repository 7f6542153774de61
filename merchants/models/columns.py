"""What the columns of several tables accept."""

from django.core.validators import RegexValidator

from merchants.state import Status

# What Alipay accepts as the id of a secondary merchant, store or terminal (reference §2.2).
scheme_id = RegexValidator(
    r"\A[A-Za-z0-9_-]{1,32}\Z", "1 to 32 letters, digits, '-' or '_': Alipay takes nothing else."
)
STATUSES = [(status.value, status.value) for status in Status]
