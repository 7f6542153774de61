"""Invitations, forgotten passwords, sessions, and what an owner may do for a colleague."""

import re
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from kernel.clock import ManualClock
from tenancy import tasks
from tenancy.models import AuditEntry, Staff
from tenancy.roles import Role
from tenancy.scope import platform_scope
from tenancy.signin import letters
from tenancy.signin.devices import describe
from tests.factories.tenancy import PASSWORD, StaffFactory
from tests.tenancy.signin.people import (
    CODE,
    SIGN_IN,
    code_of,
    give_factor,
    is_inside,
    kinds_of,
    type_password,
)

pytestmark = pytest.mark.django_db
NEW = "three lazy herons"
FORGOTTEN = "/account/password/reset/"
SESSIONS = "/account/sessions/"


@pytest.fixture(autouse=True)
def _worker_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is handed to the worker is done on the spot."""
    work: dict[str, Any] = {
        letters.SEND_LINK: tasks.send_link,
        letters.SEND_LETTER: tasks.send_letter,
    }
    monkeypatch.setattr(letters, "_hand_out", lambda task, *args: work[task](*args))
    monkeypatch.setattr("tenancy.owed_mail.release_connection", lambda: None)
    monkeypatch.setattr("tenancy.background.release_connection", lambda: None)


@pytest.fixture
def owner() -> Staff:
    return StaffFactory()


@pytest.fixture
def colleague(owner: Staff) -> Staff:
    return StaffFactory(acquirer=owner.acquirer, role=Role.SUPPORT)


def inside(staff: Staff, **headers: str) -> Client:
    client = Client(**headers)  # type: ignore[arg-type]
    type_password(client, staff)
    assert is_inside(client)
    return client


def act(client: Client, staff: Staff, name: str) -> Any:
    return client.post(reverse("admin:tenancy_staff_act", args=[staff.pk, name]), {})


def link_in(text: str) -> str:
    found = re.search(r"http://testserver(/account/password/reset/key/[^\s<]+)", text)
    assert found is not None
    return found.group(1)


def choose(client: Client, link: str, password: str = NEW) -> None:
    page = client.get(link)["Location"]
    client.post(page, {"password1": password, "password2": password})


def told(staff: Staff) -> list[str]:
    with platform_scope():
        entries = AuditEntry.objects.filter(action="note", row_id=str(staff.pk)).order_by("id")
        return [entry.table for entry in entries]


def test_who_is_invited_chooses_a_password_by_the_link_and_nobody_else_knows_it(
    owner: Staff,
) -> None:
    client = inside(owner)
    form = {"email": "new@example.com", "name": "New", "role": Role.SUPPORT, "is_active": "on"}
    client.post(reverse("admin:tenancy_staff_add"), form)
    invited = Staff.objects.get(email="new@example.com")

    act(client, invited, "invite")
    link = link_in(str(mail.outbox[0].body))
    choose(Client(), link)

    assert mail.outbox[0].to == ["new@example.com"]
    newcomer = Client()
    type_password(newcomer, invited, NEW)
    assert is_inside(newcomer)
    assert "link_sent" in told(invited)


def test_a_link_works_once(colleague: Staff) -> None:
    letters.hand_link("reset", colleague.email)
    link = link_in(str(mail.outbox[0].body))
    choose(Client(), link)

    page = Client().get(link)

    assert page.status_code == 200
    assert page.context["token_fail"]


def test_where_no_mail_is_set_up_the_inviter_is_shown_the_link(
    owner: Staff, colleague: Staff, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"

    page = act(inside(owner), colleague, "invite").content.decode()

    choose(Client(), link_in(page))
    colleague.refresh_from_db()
    assert colleague.check_password(NEW)


def test_a_forgotten_password_is_answered_the_same_for_a_stranger(colleague: Staff) -> None:
    answers = [
        Client().post(FORGOTTEN, {"email": email}) for email in (colleague.email, "no@example.com")
    ]

    assert [answer["Location"] for answer in answers] == [f"{FORGOTTEN}done/"] * 2
    assert [letter.to for letter in mail.outbox] == [[colleague.email]]


def test_who_is_deactivated_gets_no_link(colleague: Staff) -> None:
    Staff.objects.filter(pk=colleague.pk).update(is_active=False)

    Client().post(FORGOTTEN, {"email": colleague.email})

    assert mail.outbox == []


def test_a_new_password_neither_signs_in_nor_walks_around_the_second_factor(
    colleague: Staff,
) -> None:
    give_factor(colleague)
    before, client = Client(), Client()
    type_password(before, colleague)
    before.post(CODE, {"code": code_of()})
    client.post(FORGOTTEN, {"email": colleague.email})

    choose(client, link_in(str(mail.outbox[0].body)))

    assert not is_inside(client)
    assert not is_inside(before)  # whoever knew the old password is out
    assert type_password(client, colleague, NEW) == CODE
    assert not is_inside(client)
    assert "password_reset" in told(colleague)


def test_a_weak_new_password_is_refused(colleague: Staff) -> None:
    letters.hand_link("reset", colleague.email)

    choose(Client(), link_in(str(mail.outbox[0].body)), "password123456")

    colleague.refresh_from_db()
    assert colleague.check_password(PASSWORD)


def test_a_new_password_by_link_opens_an_account_that_was_closed(colleague: Staff) -> None:
    for _ in range(5):
        type_password(Client(), colleague, "wrong")
    letters.hand_link("reset", colleague.email)
    choose(Client(), link_in(str(mail.outbox[0].body)))

    client = Client()
    type_password(client, colleague, NEW)

    assert is_inside(client)


def test_a_session_can_be_ended_from_another(colleague: Staff) -> None:
    here = inside(colleague, HTTP_USER_AGENT="Firefox")
    there = inside(colleague, HTTP_USER_AGENT="Phone", REMOTE_ADDR="192.0.2.9")
    page = here.get(SESSIONS)
    assert "Phone" in page.content.decode()
    assert "192.0.2.9" in page.content.decode()
    [other] = [each for each, _ in page.context["sessions"] if each.user_agent == "Phone"]

    here.post(SESSIONS, {"session": str(other.pk)})

    assert is_inside(here)
    assert not is_inside(there)
    assert "sessions_ended" in told(colleague)


def test_all_other_sessions_can_be_ended_at_once(colleague: Staff) -> None:
    here, *others = [inside(colleague) for _ in range(3)]

    here.post(SESSIONS)

    assert is_inside(here)
    assert [is_inside(each) for each in others] == [False, False]


@pytest.mark.parametrize("session", ["0", "x", "٣", "-1", "9" * 30])
def test_a_session_that_is_none_is_not_found(session: str, colleague: Staff) -> None:
    assert inside(colleague).post(SESSIONS, {"session": session}).status_code == 404


def test_the_session_of_somebody_else_is_not_ended(owner: Staff, colleague: Staff) -> None:
    theirs = inside(owner)
    number = theirs.get(SESSIONS).context["sessions"][0][0].pk

    assert inside(colleague).post(SESSIONS, {"session": str(number)}).status_code == 404

    assert is_inside(theirs)


def test_the_list_says_when_a_session_was_last_used(colleague: Staff, clock: ManualClock) -> None:
    client = inside(colleague, REMOTE_ADDR="192.0.2.1")
    clock.advance(61)

    client.get(SESSIONS, REMOTE_ADDR="192.0.2.77")

    assert client.get(SESSIONS).context["sessions"][0][0].ip == "192.0.2.77"


def test_an_owner_signs_a_colleague_out_everywhere(owner: Staff, colleague: Staff) -> None:
    theirs = [inside(colleague), inside(colleague)]

    act(inside(owner), colleague, "sign-out")

    assert [is_inside(each) for each in theirs] == [False, False]
    assert Session.objects.count() == 1  # the owner's
    assert "signed_out_by_another" in told(colleague)


def test_an_owner_resets_the_factor_of_a_colleague_who_is_told(
    owner: Staff, colleague: Staff
) -> None:
    give_factor(colleague)

    act(inside(owner), colleague, "reset-factors")

    assert kinds_of(colleague) == set()
    assert "factors_reset" in told(colleague)
    assert mail.outbox[0].to == [colleague.email]
    assert owner.email in str(mail.outbox[0].body)


def test_nobody_resets_their_own_factor(owner: Staff) -> None:
    give_factor(owner)
    client = Client()
    type_password(client, owner)
    client.post(CODE, {"code": code_of()})

    act(client, owner, "reset-factors")

    assert kinds_of(owner) == {"totp", "recovery_codes"}


@pytest.mark.parametrize("name", ["invite", "sign-out", "reset-factors"])
def test_staff_of_another_acquirer_are_out_of_reach(name: str, colleague: Staff) -> None:
    give_factor(colleague)
    stranger = inside(StaffFactory())

    assert act(stranger, colleague, name).status_code == 404

    assert kinds_of(colleague) == {"totp", "recovery_codes"}
    assert (told(colleague), mail.outbox) == ([], [])


@pytest.mark.parametrize("role", [Role.FINANCE, Role.SUPPORT, Role.AUDITOR])
def test_only_owners_do_it(role: Role, owner: Staff) -> None:
    give_factor(owner)
    client = inside(StaffFactory(acquirer=owner.acquirer, role=role))

    for name in ("invite", "sign-out", "reset-factors"):
        assert act(client, owner, name).status_code in {403, 404}
    assert kinds_of(owner) == {"totp", "recovery_codes"}


def test_the_operators_command_resets_a_factor(owner: Staff) -> None:
    give_factor(owner)

    call_command("reset_second_factor", email=owner.email)

    assert kinds_of(owner) == set()
    with pytest.raises(CommandError, match="no such person"):
        call_command("reset_second_factor", email="nobody@example.com")


def test_a_changed_password_is_told_by_letter_and_ends_the_other_sessions(
    colleague: Staff,
) -> None:
    here, there = inside(colleague), inside(colleague)
    change = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}

    here.post("/account/password/change/", change)

    assert not is_inside(there)
    assert [letter.to for letter in mail.outbox] == [[colleague.email]]
    assert "password_changed" in told(colleague)


def test_the_key_of_a_session_changes_at_the_sign_in(colleague: Staff) -> None:
    client = Client()
    client.get(SIGN_IN)
    session = client.session
    session["left"] = "by an attacker"
    session.save()
    planted = client.cookies["sessionid"].value if "sessionid" in client.cookies else ""

    type_password(client, colleague)

    assert client.cookies["sessionid"].value != planted


def test_no_page_of_the_console_is_kept_by_the_browser(colleague: Staff) -> None:
    client = inside(colleague)
    for path in ("/admin/", SESSIONS, "/account/factors/", SIGN_IN):
        assert "no-store" in client.get(path)["Cache-Control"]


def test_an_owner_asks_a_second_factor_of_everybody(owner: Staff, colleague: Staff) -> None:
    theirs, client = inside(colleague), Client()
    give_factor(owner)
    type_password(client, owner)
    client.post(CODE, {"code": code_of()})
    page = reverse("admin:tenancy_acquirer_act", args=[owner.acquirer_id, "ask-everybody"])

    assert inside(StaffFactory()).post(page, {}).status_code == 404
    assert is_inside(theirs)
    client.post(page, {})

    assert not is_inside(theirs)
    assert theirs.get(reverse("admin:index"))["Location"] == "/account/factors/"


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/1 Safari/5", "Chrome, Linux"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19) Version/19 Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/1 Safari/5 Edg/1", "Edge, Windows"),
        ("curl/8", "curl/8"),
        ("", ""),
    ],
)
def test_browsers_are_named_in_words(agent: str, words: str) -> None:
    assert describe(agent) == words
