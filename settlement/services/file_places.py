"""Where a partner account's files are fetched: kept, checked, and its host key looked at."""

from connectors.alipay.daily_files import FilesUnavailable, host_key_of, list_names
from kernel import clock
from settlement.days import is_calendar
from settlement.models import ExpectedFile, FilePlace
from settlement.state import Expected
from tenancy.saving import faulty, save_checked


def save_place(place: FilePlace) -> FilePlace:
    """Keep it; what is waited for is looked for again at once.

    Raises Rejected naming each faulty field.
    """
    check_place(place)
    save_checked(place)
    look_again(place)
    return place


def check_place(place: FilePlace) -> None:
    """Raise Rejected for what could never work."""
    if not place.password:
        raise faulty("password", "The server asks for one.")
    if not is_calendar(place.calendar):
        raise faulty("calendar", "A country whose holidays are known, such as CN.")


def look_again(place: FilePlace) -> int:
    """Make what has not come due now; how many files."""
    rows = ExpectedFile.objects.filter(
        partner_account_id=place.partner_account_id,
        state__in=(Expected.WAITING, Expected.REFUSED),
    )
    return rows.update(due_at=clock.now())


def show_host_key(host: str, port: int) -> str:
    """The key that the server shows now, to be compared and pinned by a person.

    Raises Rejected where there is none to see. No password is sent.
    """
    try:
        return host_key_of(host, port)
    except FilesUnavailable as failure:
        raise faulty("host", f"No key was seen: {failure.reason}.") from None


def try_place(place: FilePlace) -> str:
    """Log in and look; in words, what was found."""
    try:
        names = list_names(place.address)
    except FilesUnavailable as failure:
        return explain(failure)
    own = [name for name in names if name.startswith(f"{place.partner_account.partner_id}_")]
    return f"{len(own)} files of this partner are there."


def explain(failure: FilesUnavailable) -> str:
    """Why there is no file, for a person; at most 256 characters."""
    return f"{failure.reason.replace('_', ' ')}: {failure.detail}"[:256]
