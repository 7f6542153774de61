"""What allauth asks about accounts: nobody signs up, and the address of a person is Staff.email."""

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from django.conf import settings
from django.contrib.sites.shortcuts import get_current_site
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tenancy.models import Staff
from tenancy.signin import letters, notes, tries


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Closed sign-up; addresses are read from the staff's own table; tries are counted there."""

    error_messages: ClassVar[dict[str, Any]] = DefaultAccountAdapter.error_messages | {
        "too_many_login_attempts": _("Too many tries. Please wait some minutes and try again."),
        "acquirer_suspended": _(
            "Your acquirer is suspended, and nobody of it signs in. Please ask the platform's "
            "operator."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """api.client_address has put it there."""
        return str(request.META["REMOTE_ADDR"])

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the try; refuse it, right or wrong, while the account or the address is closed."""
        address, account = tries.address_of(request), str(credentials.get("email") or "")
        if not tries.take(tries.ADDRESS, address):
            raise self.validation_error("too_many_login_attempts")
        if not tries.take(tries.ACCOUNT, account):
            raise self.validation_error("too_many_login_attempts")

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Staff | None:
        staff: Staff | None = super().authenticate(request, **credentials)
        if staff is not None:
            tries.give_back(tries.ADDRESS, tries.address_of(request))
            tries.clear(tries.ACCOUNT, staff.email)
            self._refuse_shut_out(request, staff)
        return staff

    def _refuse_shut_out(self, request: HttpRequest, staff: Staff) -> None:
        """Said only to who knows the password: a stranger learns nothing about an acquirer."""
        if staff.is_shut_out:
            notes.note(request, "acquirer_suspended", staff)
            raise self.validation_error("acquirer_suspended")

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        email = str(credentials.get("email") or "").lower()
        if (staff := Staff.objects.filter(email=email).first()) is not None:
            notes.note(request, "password_refused", staff)

    def reauthenticate(self, user: Staff, password: str) -> bool:
        found = self.authenticate(context.request, email=user.email, password=password)
        return found is not None and found.pk == user.pk

    def send_notification_mail(
        self,
        template_prefix: str,
        user: Staff,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        super().send_notification_mail(template_prefix, user, context, email or user.email)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write the letter now, while the request is known; a worker sends it."""
        site = get_current_site(self.request)
        letter = self.render_mail(template_prefix, email, context | {"current_site": site})
        subject = str(letter.subject).removeprefix(settings.ACCOUNT_EMAIL_SUBJECT_PREFIX)
        letters.hand_letter(subject, str(letter.body), email)
