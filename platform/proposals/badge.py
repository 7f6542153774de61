"""The number beside "Proposals" in the console's sidebar."""

from django.http import HttpRequest

from proposals.selectors import BADGE_LIMIT, count_waiting
from tenancy.models import Staff
from tenancy.scope import find_scope


def waiting(request: HttpRequest) -> str:
    """How many proposals wait for this person, as the badge shows it; "" for none."""
    if not isinstance(request.user, Staff) or find_scope() is None:
        return ""
    count = count_waiting(request.user)
    return f"{BADGE_LIMIT - 1}+" if count >= BADGE_LIMIT else str(count or "")
