"""Acquirers and their staff. These tables are the platform's own and carry no tenant policy."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.validators import RegexValidator
from django.db import models
from django.utils.crypto import salted_hmac

from kernel import clock, ids
from kernel.errors import Forbidden
from tenancy.audit import Audit
from tenancy.roles import Role, has_module, is_allowed
from tenancy.scope import ACTOR_LENGTH


class Acquirer(models.Model):
    """A tenant: holds one contract with Alipay per mode and many merchants."""

    PREFIX = "acq"
    AUDIT = Audit(acquirer_column="id", merchant_column=None)

    class Status(models.TextChoices):
        ACTIVE = "active"
        SUSPENDED = "suspended"

    id = models.UUIDField(primary_key=True, default=ids.new_uuid, editable=False)
    name = models.CharField(max_length=128)
    slug = models.SlugField(max_length=48, unique=True, help_text="Its name in commands.")
    country = models.CharField(
        max_length=2, validators=[RegexValidator(r"\A[A-Z]{2}\Z", "Two capitals, such as HK.")]
    )
    time_zone = models.CharField(max_length=64, default="Asia/Hong_Kong")
    status = models.CharField(max_length=16, choices=Status, default=Status.ACTIVE)
    second_factor_for_all = models.BooleanField(
        default=False,
        help_text="Every member of staff needs a second factor, not only owners and finance.",
    )
    approval_by_another = models.BooleanField(
        "approval by another person",
        default=False,
        help_text="Who submitted a merchant may not approve it.",
    )
    created_at = models.DateTimeField(default=clock.now, editable=False)

    def __str__(self) -> str:
        return self.name

    @property
    def is_active(self) -> bool:
        return self.status == self.Status.ACTIVE

    @property
    def public_id(self) -> str:
        return ids.encode(self.PREFIX, self.id)


class StaffManager(BaseUserManager["Staff"]):
    """Makes staff; the address is the sign-in and is kept in lower case."""

    def create_staff(
        self, *, email: str, password: str, name: str, role: Role, acquirer: Acquirer | None
    ) -> "Staff":
        staff = self.model(email=email.lower(), name=name, role=role, acquirer=acquirer)
        staff.set_password(password)
        staff.full_clean()
        staff.save()
        return staff

    def get_by_natural_key(self, username: str | None) -> "Staff":
        return self.get(email=(username or "").lower())


class Staff(AbstractBaseUser):
    """A person who signs in to the admin: of one acquirer, or the platform's operator."""

    AUDIT = Audit(
        merchant_column=None, secret=frozenset({"password"}), ignored=frozenset({"last_login"})
    )

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=128)
    role = models.CharField(max_length=16, choices=Role)
    acquirer = models.ForeignKey(Acquirer, models.PROTECT, null=True, blank=True)
    is_active = models.BooleanField(default=True)
    language = models.CharField(
        max_length=8, blank=True, default="", db_default="", choices=settings.LANGUAGES,
        help_text="Empty: what the browser asks for.",
    )  # fmt: skip
    signed_out_at = models.DateTimeField(
        null=True, editable=False, help_text="Sessions from before this moment are over."
    )
    created_at = models.DateTimeField(default=clock.now, editable=False)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects: ClassVar[StaffManager] = StaffManager()

    class Meta:
        verbose_name_plural = "staff"
        constraints = [
            models.CheckConstraint(
                name="staff_operator_has_no_acquirer",
                condition=models.Q(role=Role.OPERATOR, acquirer__isnull=True)
                | (~models.Q(role=Role.OPERATOR) & models.Q(acquirer__isnull=False)),
                violation_error_message="The operator has no acquirer; everybody else has one.",
            )
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def actor(self) -> str:
        """How the audit trail and what they make name them: ``staff:ada@pearl.example``, cut to
        what most columns of it hold."""
        return f"staff:{self.email}"[:ACTOR_LENGTH]

    def check_perm(self, permission: str) -> None:
        """Raise Forbidden ``role_not_allowed`` unless their role has ``permission``."""
        if not self.has_perm(permission):
            raise Forbidden("role_not_allowed", "Your role may not do this.")

    @property
    def is_staff(self) -> bool:
        return self.is_active

    @property
    def is_superuser(self) -> bool:
        return False

    @property
    def is_shut_out(self) -> bool:
        """Whether this person's acquirer is suspended; the operator has none and never is."""
        return self.acquirer is not None and not self.acquirer.is_active

    def _get_session_auth_hash(self, secret: Any = None) -> str:
        """What a session must agree with: whoever changes one of these, however, ends them all."""
        ended = "" if self.signed_out_at is None else self.signed_out_at.isoformat()
        value = "|".join((self.password, self.role, str(self.acquirer_id), ended))
        salt = "tenancy.models.Staff.session"
        return salted_hmac(salt, value, secret=secret, algorithm="sha256").hexdigest()

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        return self.is_active and is_allowed(self.role, perm)

    def has_perms(self, perm_list: Any, obj: Any = None) -> bool:
        return all(self.has_perm(perm, obj) for perm in perm_list)

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and has_module(self.role, app_label)


class SignInTries(models.Model):
    """How often somebody has tried to sign in, and until when they must wait; nobody's rows."""

    key = models.CharField(primary_key=True, max_length=64)
    count = models.PositiveIntegerField()
    last_at = models.DateTimeField(db_index=True)
    closed_until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.key}: {self.count}"


class AuditEntry(models.Model):
    """One change of one row, written by the database itself, whoever made the change.

    Nobody edits it: the code's role may only read, and a trigger refuses even the owner.
    ``before`` and ``after`` hold what an update changed, or the whole row; secrets are masked.
    """

    class Action(models.TextChoices):
        INSERT = "insert"
        UPDATE = "update"
        DELETE = "delete"
        NOTE = "note", "noted"  # not a change of a row: a sign-in, a download

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    acquirer = models.ForeignKey(
        Acquirer, models.DO_NOTHING, null=True, db_constraint=False, related_name="+"
    )
    merchant_id = models.UUIDField(null=True)
    actor = models.CharField(max_length=128)
    origin = models.CharField(max_length=64)
    action = models.CharField(max_length=8, choices=Action)
    table = models.CharField(max_length=64)
    row_id = models.CharField(max_length=64)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        verbose_name_plural = "audit trail"
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["acquirer", "-id"], name="audit_feed"),
            models.Index(fields=["row_id"], name="audit_by_row"),
            models.Index(fields=["actor", "-id"], name="audit_by_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.actor} {self.action} {self.table}"
