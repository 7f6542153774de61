"""Which signal is heard by whom: one table, connected when the app is ready."""

from allauth.account import signals as account
from allauth.mfa import signals as mfa
from django.contrib.auth import signals as auth

from tenancy.signin import notes
from tenancy.signin.factors import prove_by_enrolling

HEARD_BY = [
    (auth.user_logged_in, notes.signed_in),
    (auth.user_logged_out, notes.signed_out),
    (mfa.authentication_failed, notes.code_refused),
    (mfa.authenticator_added, notes.factor_added),
    (mfa.authenticator_added, prove_by_enrolling),
    (mfa.authenticator_removed, notes.factor_removed),
    (mfa.authenticator_reset, notes.factor_renewed),
    (account.password_changed, notes.password_changed),
    (account.password_reset, notes.password_reset),
]


def connect() -> None:
    """Connect the table; twice is once."""
    for signal, receiver in HEARD_BY:
        name = f"tillgate.{receiver.__module__}.{receiver.__name__}"
        signal.connect(receiver, dispatch_uid=name)
