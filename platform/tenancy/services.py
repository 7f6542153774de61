"""Writes: a new acquirer, a new member of staff."""

from zoneinfo import ZoneInfo, available_timezones

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from tenancy.models import Acquirer, Staff
from tenancy.roles import Role
from tenancy.saving import faulty, save_checked


def create_acquirer(
    *, name: str, slug: str, country: str, time_zone: str = "Asia/Hong_Kong"
) -> Acquirer:
    """A new tenant. ``time_zone`` is an IANA name; its day ends the acquirer's business day.

    Raises Rejected for a faulty field, Conflict if the slug is taken.
    """
    check_time_zone(time_zone)
    acquirer = Acquirer(name=name, slug=slug, country=country, time_zone=time_zone)
    save_checked(acquirer)
    return acquirer


def create_staff(
    *, email: str, name: str, role: str, acquirer: Acquirer | None, password: str
) -> Staff:
    """A person who may sign in: of ``acquirer``, or with None the platform's operator.

    Raises Rejected for a faulty field or a weak password, Conflict if the address is taken.
    """
    staff = Staff(email=email.strip().lower(), name=name, role=role, acquirer=acquirer)
    _check_role(role, acquirer)
    _check_password(password, staff)
    staff.set_password(password)
    save_checked(staff)
    return staff


def check_time_zone(name: str) -> ZoneInfo:
    """The zone called ``name``; raises Rejected if there is none."""
    if name not in available_timezones():
        raise faulty("time_zone", "An IANA name such as Asia/Hong_Kong.")
    return ZoneInfo(name)


def _check_role(role: str, acquirer: Acquirer | None) -> None:
    if role not in Role.values:
        raise faulty("role", f"One of: {', '.join(Role.values)}.")
    if (role == Role.OPERATOR) != (acquirer is None):
        raise faulty("acquirer", "The operator has no acquirer; everybody else has one.")


def _check_password(password: str, staff: Staff) -> None:
    try:
        validate_password(password, staff)
    except ValidationError as error:
        raise faulty("password", " ".join(error.messages)) from None
