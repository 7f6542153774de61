"""What the API itself remembers: the idempotency keys that callers used."""

from uuid import UUID

from django.db import models

from kernel import ids
from tenancy.scoped import TenantModel


class IdempotencyKey(TenantModel):
    """One key of one merchant in one mode, and the object that its request was about.

    ``merchant_id`` is no foreign key: this package lies below the merchants. ``object_type`` is the
    prefix of the object's id (``pay``); ``object_id`` is empty only inside the transaction that
    does the work.
    """

    PREFIX = "idk"

    merchant_id = models.UUIDField()
    livemode = models.BooleanField()
    key = models.CharField(max_length=255)
    fingerprint = models.BinaryField(max_length=32)
    object_type = models.CharField(max_length=8)
    object_id = models.UUIDField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["merchant_id", "livemode", "key"], name="idempotency_key_is_unique"
            ),
        ]

    @property
    def object_public_id(self) -> str:
        """The object's id as the API shows it."""
        assert isinstance(self.object_id, UUID)  # noqa: S101 - committed with its object
        return ids.encode(self.object_type, self.object_id)
