"""The link with which a person chooses a password: for the invited, and for who forgot theirs.

It is signed over the password's digest and the last sign-in, so it works once, and not after
another way in was used; it ends after PASSWORD_RESET_TIMEOUT. It signs nobody in.
"""

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.urls import reverse

from tenancy.models import Staff


def make_link(staff: Staff) -> str:
    """The whole address, at PUBLIC_URL: what a request claims to be its host is not believed."""
    key = default_token_generator.make_token(staff)
    names = {"uidb36": user_pk_to_url_str(staff), "key": key}
    return f"{settings.PUBLIC_URL}{reverse('account_reset_password_from_key', kwargs=names)}"
