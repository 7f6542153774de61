"""Staff sign in with address and password; permissions are the roles' table, not Django's rows."""

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from tenancy.models import Staff


class PasswordBackend(BaseBackend):
    """Checks a password; spends the same time whether or not the address is known."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        email: str | None = None,
        **_: Any,
    ) -> Staff | None:
        try:
            staff = Staff.objects.get_by_natural_key(email or username)
        except Staff.DoesNotExist:
            Staff().set_password(password)
            return None
        if staff.check_password(password or "") and staff.is_active:
            return staff
        return None

    def get_user(self, user_id: int) -> Staff | None:
        """Whose session it is; nobody's once the person or the acquirer may not act."""
        rows = Staff.objects.select_related("acquirer")
        staff = rows.filter(pk=user_id, is_active=True).first()
        return None if staff is None or staff.is_shut_out else staff
