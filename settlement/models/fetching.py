"""Where the scheme's daily files are fetched from, and which of them are expected."""

from datetime import time

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q

from connectors.alipay.daily_files import FilePlace as Address
from merchants.models import PartnerAccount
from settlement.models.scheme_file import SchemeFile
from settlement.state import Expected, labels
from tenancy.audit import Audit
from tenancy.encryption import EncryptedTextField
from tenancy.scoped import TenantModel


class FilePlace(TenantModel):
    """A partner account's SFTP server, and when its files are there. Times are Beijing's.

    ``host_key`` is pinned: to a server that shows another, nothing is said (reference §6.1).
    """

    PREFIX = "fpl"
    MERCHANT_COLUMN = None
    AUDIT = Audit(merchant_column=None, secret=frozenset({"password"}))

    partner_account = models.OneToOneField(PartnerAccount, models.PROTECT, related_name="+")
    host = models.CharField(
        max_length=253,
        validators=[RegexValidator(r"\A[A-Za-z0-9.:-]+\Z", "A host name or an address.")],
        help_text="Such as isftp.alipay.com.",
    )
    port = models.PositiveIntegerField(
        default=22, validators=[MinValueValidator(1), MaxValueValidator(65_535)]
    )
    username = models.CharField("user", max_length=64)
    password = EncryptedTextField()
    host_key = models.TextField(
        max_length=2048,
        validators=[
            RegexValidator(
                r"\A(ssh-|ecdsa-)[a-z0-9-]+ [A-Za-z0-9+/=]{40,}\Z",
                "A public host key as known_hosts has it: ssh-ed25519 AAAA…",
            )
        ],
        help_text="As in known_hosts: ssh-ed25519 AAAA… Compare it with what Alipay told you.",
    )
    folder = models.CharField(max_length=128, default="/download/")
    fetched_from = models.TimeField(
        default=time(9, 30), help_text="In Beijing, of the day after: no file is there before."
    )
    missing_from = models.TimeField(
        default=time(12), help_text="In Beijing: operations are told of a file that is not there."
    )
    calendar = models.CharField(
        max_length=8, default="CN", help_text="On its working days Alipay settles."
    )
    is_active = models.BooleanField(default=True)

    class Meta(TenantModel.Meta):
        verbose_name = "SFTP server of daily files"
        verbose_name_plural = "SFTP servers of daily files"
        constraints = [
            models.CheckConstraint(
                condition=Q(missing_from__gt=models.F("fetched_from")),
                name="a_file_is_missed_after_it_is_due",
                violation_error_message="A file is missing only after it was looked for.",
            )
        ]

    @property
    def address(self) -> Address:
        """What the connector is told."""
        return Address(
            self.host, self.port, self.username, self.password, self.host_key, self.folder
        )


class ExpectedFile(TenantModel):
    """A day's file of one kind: ``due_at`` is when it is looked for next, empty once that is over.

    ``told_at`` is when operations were told that it is not there; ``tell_at`` when that is owed.
    """

    PREFIX = "xfl"
    MERCHANT_COLUMN = None

    partner_account = models.ForeignKey(PartnerAccount, models.PROTECT, related_name="+")
    livemode = models.BooleanField()
    kind = models.CharField(max_length=16, choices=SchemeFile.Kind)
    business_date = models.DateField()
    state = models.CharField(max_length=8, choices=labels(Expected), default=Expected.WAITING)
    due_at = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)  # without a file, since it last came
    said = models.CharField("what was found", max_length=256, default="", blank=True)
    file = models.ForeignKey(SchemeFile, models.PROTECT, null=True, related_name="+")
    tell_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        verbose_name = "expected file"
        constraints = [
            models.UniqueConstraint(
                fields=["partner_account", "kind", "business_date"],
                name="a_file_is_expected_once",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in Expected]),
                name="expected_state_is_known",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(due_at__isnull=False), name="expected_file_due"
            ),
            models.Index(
                fields=["tell_at"], condition=Q(tell_at__isnull=False), name="expected_file_to_tell"
            ),
        ]
