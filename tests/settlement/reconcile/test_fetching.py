"""The day's files are fetched from the pinned server each morning, once, and missed by noon."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client

from kernel.clock import ManualClock, using_clock
from kernel.errors import Rejected
from merchants.models import PartnerAccount
from sandbox.files import contract as terms
from sandbox.files.making import folder_of
from sandbox.server import Serving, serving
from settlement.models import Break, ExpectedFile, FilePlace, Run, SchemeFile
from settlement.scheme_files.transaction import COLUMNS
from settlement.services import fetch_file as fetching
from settlement.services.compare_due import compare_due_days
from settlement.services.expect_files import expect_files
from settlement.services.file_places import save_place
from settlement.services.reconcile import LEASE as RUN_LEASE
from settlement.services.sweep_files import fetch_due_files
from settlement.services.tell_missing import tell_missing_files
from tenancy.models import AuditEntry
from tenancy.roles import Role
from tenancy.scope import platform_scope, tenant_scope
from tests.factories.tenancy import StaffFactory
from tests.people import Person
from tests.settlement.reconcile.conftest import DAY, Books

pytestmark = pytest.mark.django_db

MORNING = datetime(2026, 11, 19, 1, 29, tzinfo=UTC)  # 09:29 in Beijing, of the day after DAY
OPENS = MORNING + timedelta(minutes=1)
NOON = datetime(2026, 11, 19, 4, tzinfo=UTC)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with serving(tmp_path_factory.mktemp("alipay"), serves_files=True) as running:
        yield running


@pytest.fixture
def place(server: Serving, books: Books) -> FilePlace:
    """Where the account's files lie; known since the day before."""
    account = books.person.partner_account
    with server.gateway.storage.writing() as rows:
        terms.keep(rows, account.partner_id, terms.Contract(sftp_password="secret"))
    at = ManualClock(MORNING - timedelta(hours=20))
    with using_clock(at), tenant_scope(account.acquirer_id):
        return save_place(
            FilePlace(
                acquirer=books.person.acquirer, partner_account=account, host="127.0.0.1",
                port=server.files.port, username=account.partner_id, password="secret",
                host_key=server.files.host_key, created_at=at.now(),
            )
        )  # fmt: skip


def put(server: Serving, books: Books, name: str, content: bytes) -> str:
    """The file lies on the server."""
    folder = folder_of(server.gateway.storage, books.person.partner_account.partner_id)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)
    return name


def put_day(server: Serving, books: Books, *rows: dict[str, Any]) -> str:
    """A right file of DAY lies on the server."""
    return put(server, books, *books.transaction_file(*rows))


def expected(books: Books, kind: str = "transaction") -> ExpectedFile:
    with tenant_scope(books.person.acquirer.id):
        return ExpectedFile.objects.get(kind=kind, business_date=DAY)


def at(moment: datetime) -> Any:
    return using_clock(ManualClock(moment))


def test_a_file_is_fetched_from_its_hour_on_taken_once_and_its_day_compared(
    server: Serving, place: FilePlace, books: Books
) -> None:
    name = put_day(server, books, books.row(books.pay(12_050), fee=73))
    with at(MORNING):
        assert fetch_due_files() == 0  # nothing of DAY is due before its hour
    with tenant_scope(place.acquirer_id):
        assert not ExpectedFile.objects.filter(business_date=DAY).exists()

    with at(OPENS):
        assert (fetch_due_files(), compare_due_days()) == (1, 1)
        assert (fetch_due_files(), compare_due_days()) == (0, 0)

    with tenant_scope(place.acquirer_id):
        file = SchemeFile.objects.get(state="loaded")
        assert (file.name, file.source, file.row_count) == (name, "sftp", 1)
        assert file.taken_by == "fetched:127.0.0.1"
        assert list(Break.objects.values_list("kind", "state")) == [("fee", "open")]
        trail = AuditEntry.objects.filter(table="settlement_schemefile", row_id=str(file.pk))
        assert {entry.actor for entry in trail} == {"task:fetch_files"}
    row = expected(books)
    assert (row.state, row.file_id, row.tries) == ("taken", file.pk, 0)
    assert row.due_at == datetime(2026, 11, 20, 3, tzinfo=UTC)  # a corrected one may come


def test_a_corrected_file_is_found_on_a_later_morning(
    server: Serving, place: FilePlace, books: Books
) -> None:
    sale = books.pay(12_050)
    put_day(server, books, books.row(sale, fee=73))
    with at(OPENS):
        fetch_due_files()
        compare_due_days()
    put_day(server, books, books.row(sale))
    with at(datetime(2026, 11, 20, 3, tzinfo=UTC)):
        fetch_due_files()
        compare_due_days()
    with tenant_scope(place.acquirer_id):
        assert SchemeFile.objects.filter(source="sftp", state="superseded").count() == 1
        assert list(Break.objects.values_list("kind", "state")) == [("fee", "mended")]
    with at(datetime(2026, 11, 24, 3, tzinfo=UTC)):
        fetch_due_files()
    assert expected(books).due_at is None


def test_a_file_that_is_not_there_is_looked_for_again_and_missed_at_noon_once(
    server: Serving, place: FilePlace, books: Books, outsider: Person
) -> None:
    books.pay(12_050)
    theirs = StaffFactory(role=Role.OWNER, acquirer=outsider.acquirer)
    finance = StaffFactory(role=Role.FINANCE, acquirer=books.person.acquirer)
    StaffFactory(role=Role.SUPPORT, acquirer=books.person.acquirer)
    moment, pauses = OPENS, []
    while moment < NOON:
        with at(moment):
            assert (fetch_due_files(), tell_missing_files()) == (0, 0)
        row = expected(books)
        assert row.due_at is not None
        pauses.append((row.due_at - moment).total_seconds() / 60)
        moment = row.due_at
    assert pauses[:7] == [1, 2, 4, 8, 16, 30, 30]
    assert row.said.startswith("missing: ")

    with at(moment):
        fetch_due_files()
        assert (tell_missing_files(), tell_missing_files()) == (1, 0)
    with at(moment + timedelta(hours=1)):
        fetch_due_files()
        assert tell_missing_files() == 0
    [letter] = mail.outbox
    assert (letter.to, theirs.email in letter.to) == ([finance.email], False)
    assert f"transaction file of {DAY}" in letter.body
    assert "settlement file" not in letter.body  # nothing was traded the day before

    with at(datetime(2026, 11, 26, tzinfo=UTC)):
        fetch_due_files()
    row = expected(books)
    assert (row.state, row.due_at) == ("given_up", None)
    with tenant_scope(place.acquirer_id):
        assert not SchemeFile.objects.exists()


def test_a_malformed_file_is_refused_whole_and_told_at_once(
    server: Serving, place: FilePlace, books: Books
) -> None:
    StaffFactory(role=Role.OPERATIONS, acquirer=books.person.acquirer)
    name, _ = books.transaction_file()
    put(server, books, name, b"Owner:1\n")
    with at(OPENS):
        assert (fetch_due_files(), tell_missing_files(), compare_due_days()) == (1, 1, 0)
    assert "refused: line 1: not Partner:" in mail.outbox[0].body
    row = expected(books)
    assert (row.state, row.due_at) == ("refused", OPENS + fetching.LONGEST_PAUSE)


def test_to_a_server_with_another_key_nothing_is_said_and_operations_hear_of_it_at_once(
    server: Serving, place: FilePlace, books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    def heard(*said: object) -> int:
        raise AssertionError("a password was sent")

    monkeypatch.setattr("sandbox.files.sftp._Door.check_auth_password", heard)
    StaffFactory(role=Role.OWNER, acquirer=books.person.acquirer)
    with tenant_scope(place.acquirer_id):
        FilePlace.objects.update(host_key=f"ssh-ed25519 {'A' * 68}")
    with at(OPENS):
        assert (fetch_due_files(), tell_missing_files()) == (0, 1)
    assert "host key differs: the server shows ssh-ed25519 " in mail.outbox[0].body
    assert "secret" not in mail.outbox[0].body


def test_who_has_claimed_a_row_has_it_alone_until_the_lease_ends(
    server: Serving, place: FilePlace, books: Books
) -> None:
    put_day(server, books, books.row(books.pay(12_050)))
    with at(MORNING):
        fetch_due_files()
    with at(OPENS), tenant_scope(place.acquirer_id):
        expect_files(place)
        first, second = (ExpectedFile.objects.get(kind="transaction", business_date=DAY),) * 2
        other = ExpectedFile.objects.get(pk=second.pk)
        assert (fetching.claim(first), fetching.claim(other)) == (True, False)
        assert fetch_due_files() == 0  # its worker has died meanwhile, perhaps
    with at(OPENS + fetching.LEASE):
        assert fetch_due_files() == 1


def test_a_day_is_compared_again_once_alipay_has_answered(books: Books, clock: ManualClock) -> None:
    sale = books.pay(12_050, status="failed")
    books.transactions(books.row(sale))
    assert compare_due_days() == 1
    assert books.breaks() == [("status", f"PAYMENT {sale.partner_trans_id}", 12_050)]
    assert compare_due_days() == 0
    sale.status, sale.due_at = "succeeded", None  # the driver asked, and followed the answer
    books.save(sale)

    clock.advance(300)
    assert (compare_due_days(), compare_due_days()) == (1, 0)
    assert books.breaks("mended") == [("status", f"PAYMENT {sale.partner_trans_id}", 12_050)]
    with tenant_scope(books.person.acquirer.id):
        assert Run.objects.get().mended == 1


def test_a_sweep_leaves_a_run_to_who_began_it_until_its_lease_ends(
    books: Books, outsider: Person, clock: ManualClock
) -> None:
    books.transactions(books.row(books.pay(100)))
    books.compare()
    with tenant_scope(books.person.acquirer.id):  # who began it has died, perhaps
        Run.objects.update(ended_at=None, lease_until=clock.now() + RUN_LEASE)
    theirs = Books(outsider)
    theirs.transactions(theirs.row(theirs.pay(200)))

    assert (compare_due_days(), compare_due_days()) == (1, 0)  # the other acquirer's day
    with platform_scope():
        assert Run.objects.get(ended_at=None).acquirer_id == books.person.acquirer.id

    clock.advance(RUN_LEASE.total_seconds())
    assert (compare_due_days(), compare_due_days()) == (1, 0)
    with platform_scope():
        assert Run.objects.exclude(ended_at=None).count() == 2


def fetched(books: Books, *options: str) -> dict[str, str]:
    out, slug = StringIO(), books.person.acquirer.slug
    call_command(
        "reconcile", "--acquirer", slug, "--date", str(DAY), "--fetch", *options, stdout=out,
        stderr=StringIO(),
    )  # fmt: skip
    return dict(line.split(": ", 1) for line in out.getvalue().splitlines())


def test_the_command_fetches_a_day_and_compares_it(
    server: Serving, place: FilePlace, books: Books
) -> None:
    put_day(server, books, books.row(books.pay(12_050), fee=73))
    said = fetched(books)
    assert (said["transaction_file"], said["open_breaks"]) == ("taken", "fee 1")
    assert said["settlement_file"].startswith("waiting missing: ")


def test_the_command_says_what_a_server_shows_and_keeps_what_is_pinned(
    server: Serving, acme: Person, tmp_path: Path, outsider: Person
) -> None:
    options = ["set_file_place", "--acquirer", acme.acquirer.slug, "--host", "127.0.0.1"]
    options += ["--port", str(server.files.port)]
    out = StringIO()
    call_command(*options, stdout=out)
    assert f"host_key: {server.files.host_key}" in out.getvalue()
    with tenant_scope(acme.acquirer.id):
        assert not FilePlace.objects.exists()
    with pytest.raises(CommandError, match="--password-stdin: The server asks for one"):
        call_command(*options, "--host-key", server.files.host_key)
    secret = tmp_path / "password"
    secret.write_text("secret\n")
    out = StringIO()
    call_command(
        *options, "--host-key", server.files.host_key, "--password-file", str(secret), stdout=out
    )
    assert "found: login refused" in out.getvalue()  # this partner has no password there
    with tenant_scope(acme.acquirer.id):
        assert FilePlace.objects.get().password == "secret"
    with tenant_scope(outsider.acquirer.id):
        assert not FilePlace.objects.exists()


def test_a_place_that_could_never_work_is_refused(place: FilePlace) -> None:
    wrong = {"calendar": "XX", "host_key": "AAAA", "password": "", "port": 0}
    for name, value in wrong.items():
        with tenant_scope(place.acquirer_id):
            row = FilePlace.objects.get()
            setattr(row, name, value)
            with pytest.raises(Rejected) as refused:
                save_place(row)
        assert [fault.field for fault in refused.value.errors] == [name]


def signed_in(person: Person, role: Role) -> Client:
    client = Client()
    staff = StaffFactory(role=role, acquirer=person.acquirer)
    client.force_login(staff, "tenancy.authentication.PasswordBackend")
    return client


def test_a_file_is_uploaded_in_the_console_on_the_same_strict_path(
    books: Books, outsider: Person
) -> None:
    sale = books.pay(12_050)
    account, partner = books.person.partner_account, books.person.partner_account.partner_id
    head = f"Partner:{partner}|Payment_time: {DAY}|Total_count:0\n"
    client = signed_in(books.person, Role.FINANCE)

    def upload(name: str, content: str, to: PartnerAccount = account) -> Any:
        file = SimpleUploadedFile(name, content.encode())
        told = {"partner_account": str(to.pk), "file": file}
        return client.post("/admin/settlement/schemefile/add/", told, follow=True)

    good = f"{partner}_transaction_{DAY:%Y%m%d}.txt"
    assert b"Not a name of Alipay" in upload("day.txt", "Owner:1\n").content
    assert b"Select a valid choice" in upload(good, "Owner:1\n", outsider.partner_account).content
    assert b"refused whole" in upload(good, "Owner:1\n").content
    page = upload(good, f"{head}{'|'.join(COLUMNS)}\n")
    assert b"its day is compared next" in page.content
    assert signed_in(books.person, Role.SUPPORT).get(
        "/admin/settlement/schemefile/add/"
    ).status_code == 403  # fmt: skip
    with platform_scope():
        rows = SchemeFile.objects.order_by("state").values_list("state", "source")
        assert list(rows) == [("loaded", "upload"), ("refused", "upload")]
        trail = AuditEntry.objects.filter(table="settlement_schemefile", action="insert")
        assert all(entry.actor.startswith("staff:") for entry in trail)
    assert compare_due_days() == 1
    assert books.breaks() == [("missing_at_them", f"PAYMENT {sale.partner_trans_id}", 12_050)]


def test_the_console_sets_a_place_and_never_shows_its_password(
    server: Serving, books: Books, outsider: Person
) -> None:
    client, account = signed_in(books.person, Role.OWNER), books.person.partner_account
    told = {
        "partner_account": str(account.pk), "host": "127.0.0.1", "port": str(server.files.port),
        "username": account.partner_id, "new_password": "s3cr3t-word",
        "host_key": server.files.host_key, "folder": "/download/", "fetched_from": "09:30",
        "missing_from": "12:00", "calendar": "CN", "is_active": "on",
    }  # fmt: skip
    answer = client.post("/admin/settlement/fileplace/add/", told | {"missing_from": "09:00"})
    assert b"only after it was looked for" in answer.content
    assert client.post("/admin/settlement/fileplace/add/", told).status_code == 302
    with tenant_scope(books.person.acquirer.id):
        row = FilePlace.objects.get()
        assert (row.acquirer_id, row.password) == (books.person.acquirer.id, "s3cr3t-word")
    page = f"/admin/settlement/fileplace/{row.pk}/"
    assert b"s3cr3t" not in client.get(f"{page}change/").content
    found = client.post(f"{page}act/try/", follow=True)
    assert b"login refused" in found.content
    assert signed_in(books.person, Role.FINANCE).post(f"{page}act/try/").status_code == 403
    assert signed_in(outsider, Role.OWNER).get(f"{page}change/").status_code in {302, 404}
    assert signed_in(books.person, Role.FINANCE).get(
        "/admin/settlement/expectedfile/"
    ).status_code == 200  # fmt: skip
