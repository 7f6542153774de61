"""What every kind of key keeps: a digest, what it may do, from where, until when, and its use."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from kernel import clock
from merchants.networks import NETWORK_LIMIT, NetworkField
from tenancy.models import Staff


class IssuedKey(models.Model):
    """Only the digest of a key is kept; its text is shown once."""

    # On a row that was issued just now; no saved row has it.
    text: str | None = None

    label = models.CharField(max_length=64)
    allowed_networks = ArrayField(
        NetworkField(),
        size=NETWORK_LIMIT,
        blank=True,
        default=list,
        db_default=[],
        help_text="Where it may be used from, such as 203.0.113.0/24. Empty: anywhere.",
    )
    lookup = models.CharField(max_length=8, unique=True, editable=False)
    digest = models.BinaryField(max_length=32, editable=False)
    scopes = ArrayField(models.CharField(max_length=32))
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, editable=False)
    last_used_from = models.GenericIPAddressField("last used from", null=True, editable=False)
    # The nearest notice given before the end, in days; and since when its e-mail is owed.
    noticed_days = models.PositiveSmallIntegerField(null=True, editable=False)
    notice_due_at = models.DateTimeField(null=True, editable=False)
    created_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, related_name="+", editable=False
    )
    revoked_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, related_name="+", editable=False
    )

    class Meta:
        abstract = True

    @property
    def is_usable(self) -> bool:
        """Neither revoked nor expired."""
        now = clock.now()
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > now)
