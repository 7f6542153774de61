"""What an owner, or the operator, does for another person's sign-in."""

from allauth.mfa.models import Authenticator
from django.db import transaction

from kernel import clock
from kernel.errors import Forbidden
from tenancy import audit
from tenancy.models import Acquirer, Staff
from tenancy.signin import letters, tries
from tenancy.signin.links import make_link
from tenancy.signin.sessions import end_all

_RESET = (
    "Your second factor was removed by {by}, and you were signed out everywhere.\n\n"
    "Set up a new one when you sign in next. If you did not ask for this, tell your owner.\n"
)


def invite(staff: Staff) -> str:
    """Send ``staff`` a link to choose a password; where no mail is set up, answer with the link."""
    _note("link_sent", staff)
    if not letters.is_mail_set_up():
        return make_link(staff)
    letters.hand_link("invitation", staff.email)
    return ""


def sign_out(staff: Staff) -> None:
    """End every session of ``staff``."""
    _note("signed_out_by_another", staff)
    end_all(staff)


def reset_factors(staff: Staff, *, by: Staff | None) -> None:
    """Take away every factor of ``staff``, who must set up a new one; ``by`` None is a command.

    Raises Forbidden for the own factors: who holds a session could else shed what protects it.
    """
    if by is not None and by.pk == staff.pk:
        raise Forbidden(
            "second_person_needed", "Nobody resets their own second factor: ask a colleague."
        )
    with transaction.atomic():
        _note("factors_reset", staff)
        Authenticator.objects.filter(user_id=staff.pk).delete()
        tries.clear(tries.CODE, str(staff.pk))
        end_all(staff)
    name = "the operator" if by is None else by.email
    letters.hand_letter("Your second factor was removed", _RESET.format(by=name), staff.email)


def ask_of_everybody(acquirer: Acquirer, is_asked: bool) -> None:
    """Let every member of staff need a second factor, or only the roles that move money."""
    acquirer.second_factor_for_all = is_asked
    acquirer.save(update_fields=["second_factor_for_all"])


def shut_out(acquirer: Acquirer) -> None:
    """End the sessions of all staff of a suspended acquirer: none comes back when it is resumed."""
    Staff.objects.filter(acquirer=acquirer).update(signed_out_at=clock.now())


def _note(what: str, staff: Staff) -> None:
    audit.note(what, str(staff.pk), acquirer_id=staff.acquirer_id, detail={"staff": staff.email})
