"""A person's sessions: which there are, and how they are ended from elsewhere."""

from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.db import SessionStore

from kernel import clock
from tenancy.models import Staff

LIST_LIMIT = 100


def list_sessions(staff: Staff) -> list[UserSession]:
    """The sessions that are open, the one used last first."""
    found = UserSession.objects.purge_and_list(staff)
    return sorted(found, key=lambda session: session.last_seen_at, reverse=True)[:LIST_LIMIT]


def end_session(staff: Staff, session_id: int) -> bool:
    """End one session of ``staff``; False if it is none of theirs."""
    session = UserSession.objects.filter(user_id=staff.pk, pk=session_id).first()
    if session is None:
        return False
    session.end()
    return True


def end_others(staff: Staff, session_key: str | None) -> int:
    """End every session of ``staff`` but the one called ``session_key``; how many ended."""
    others = UserSession.objects.filter(user_id=staff.pk).exclude(session_key=session_key)
    for session in others[:LIST_LIMIT]:
        session.end()
    return len(others)


def end_all(staff: Staff) -> None:
    """End every session of ``staff``, listed or not: they disagree with the row from now on."""
    staff.signed_out_at = clock.now()
    staff.save(update_fields=["signed_out_at"])
    keys = UserSession.objects.filter(user_id=staff.pk)
    for session in keys[:LIST_LIMIT]:
        SessionStore(session.session_key).delete()
    keys.delete()
