"""Payment files: made by one, approved by another, taken to the bank once, or withdrawn."""

import hashlib

import pytest
from django.core.files.storage import storages
from lxml import etree

from events.models import Event
from kernel.clock import ManualClock, using_clock
from kernel.errors import Conflict, Forbidden, Rejected
from ledger.models import Entry
from proposals.models import Proposal
from proposals.services.decide import approve, refuse
from proposals.state import Status
from settlement.bank.references import to_wire
from settlement.models import PayingAccount, PaymentFile, Payout, PayoutTransition
from settlement.services.payment_files import (
    make_payment_file,
    open_payment_file,
    send_payment_file,
    withdraw_payment_file,
)
from settlement.services.settle import settle
from tenancy.models import AuditEntry
from tenancy.roles import Role
from tenancy.scope import platform_scope, tenant_scope
from tests.people import Person, make_person
from tests.racing import at_once
from tests.settlement.conftest import DAY, NEXT_MORNING, NOON, Earn, give_account
from tests.settlement.payouts.conftest import (
    FRIDAY,
    THURSDAY,
    Owe,
    approve_file,
    open_account,
    sent_file,
    signed_in,
    staff_of,
    standing,
)

pytestmark = pytest.mark.django_db


def bytes_of(row: PaymentFile) -> bytes:
    with storages["settlements"].open(row.stored_as) as file:
        return bytes(file.read())


def test_what_is_due_stands_in_one_file_with_its_id_and_its_sum(
    acme: Person, rival: Person, outsider: Person, owe: Owe
) -> None:
    ours, theirs, foreign = owe(acme, 12_050), owe(rival, 700), owe(outsider, 5)
    account = open_account(acme)
    open_account(outsider)

    row = make_payment_file(staff_of(acme), account, FRIDAY)

    content = bytes_of(row)
    assert (row.payouts_count, row.total_minor, row.status) == (2, 12_750, "made")
    assert (row.sha256, row.size_bytes) == (hashlib.sha256(content).hexdigest(), len(content))
    assert row.name == f"test-payments-2026-11-20-HKD-{row.public_id}.xml"
    tree = etree.fromstring(content)
    assert {node.text for node in tree.iterfind(".//{*}EndToEndId")} == {
        to_wire(ours.public_id), to_wire(theirs.public_id),
    }  # fmt: skip
    assert [node.text for node in tree.iterfind(".//{*}CtrlSum")] == ["127.50", "127.50"]
    assert str(tree.findtext(".//{*}Ustrd")).startswith("Settlement 1 of 2026-11-18 set-")
    assert [standing(each) for each in (ours, theirs, foreign)] == [
        "instructed", "instructed", "created",
    ]  # fmt: skip


def test_nobody_takes_its_bytes_before_a_second_person_has_approved(acme: Person, owe: Owe) -> None:
    payout = owe(acme, 12_050)
    maker = staff_of(acme)
    row = make_payment_file(maker, open_account(acme), FRIDAY)

    with tenant_scope(acme.acquirer.id):
        [proposal] = Proposal.objects.filter(subject=row.public_id)
        assert proposal.after["total"] == "HKD 120.50"
        with pytest.raises(Forbidden, match="another person"):
            approve(proposal.id, staff=maker)
        for call in (
            lambda: send_payment_file(maker, row),
            lambda: open_payment_file(row, by="staff:x"),
        ):
            with pytest.raises(Conflict):
                call()
        assert standing(payout) == "instructed"

        second = staff_of(acme, Role.OWNER)
        assert approve(proposal.id, staff=second).proposal.status == Status.APPROVED
        row.refresh_from_db()
        assert (row.status, row.approved_by) == ("approved", f"staff:{second.email}")
        with pytest.raises(Conflict):
            open_payment_file(row, by="staff:x")

        row = send_payment_file(maker, row)

        with open_payment_file(row, by="staff:x") as file:
            assert hashlib.sha256(file.read()).hexdigest() == row.sha256
        assert standing(payout) == "sent"
        steps = PayoutTransition.objects.filter(payout=payout).order_by("number")
        assert [(each.from_status, each.event, each.actor) for each in steps] == [
            ("created", "instructed", f"staff:{maker.email}"),
            ("instructed", "sent", f"staff:{maker.email}"),
        ]
        told = Event.objects.get(type="payout.sent")
        assert (told.object_id, told.merchant_id) == (payout.id, acme.merchant.id)
        assert told.payload["status"] == "sent"
        # Nothing has moved in the books: the money is on its way since the batch was frozen.
        assert set(
            Entry.objects.filter(transaction__cause_id=payout.id).values_list(
                "transaction__kind", flat=True
            )
        ) == {"payout.created"}
    with platform_scope():
        taken = AuditEntry.objects.get(table="payment_file_read")
    assert taken.after["sha256"] == row.sha256


def test_a_withdrawn_files_payouts_go_into_the_next_one(acme: Person, owe: Owe) -> None:
    payout, account, maker = owe(acme, 12_050), open_account(acme), staff_of(acme)
    first = make_payment_file(maker, account, FRIDAY)
    with pytest.raises(Conflict, match="No HKD is due"):
        make_payment_file(maker, account, FRIDAY)

    withdrawn = withdraw_payment_file(maker, first, reason="The wrong day.")

    assert (withdrawn.status, withdrawn.reason) == ("withdrawn", "The wrong day.")
    assert standing(payout) == "created"
    with tenant_scope(acme.acquirer.id):
        assert Proposal.objects.get(subject=first.public_id).status == Status.WITHDRAWN
    second = make_payment_file(maker, account, THURSDAY)
    assert second.total_minor == 12_050
    with tenant_scope(acme.acquirer.id):
        steps = PayoutTransition.objects.filter(payout=payout).order_by("number")
        assert [(each.event, each.payment_file_id) for each in steps] == [
            ("instructed", first.id), ("withdrawn", first.id), ("instructed", second.id),
        ]  # fmt: skip


def test_a_file_that_was_sent_is_never_withdrawn_nor_sent_again(acme: Person, owe: Owe) -> None:
    payout = owe(acme, 12_050)
    row = sent_file(acme, open_account(acme))

    for call in (
        lambda: withdraw_payment_file(staff_of(acme), row, reason="Too late."),
        lambda: send_payment_file(staff_of(acme), row),
    ):
        with pytest.raises(Conflict):
            call()
    assert standing(payout) == "sent"


def test_an_account_that_was_changed_meanwhile_makes_the_approval_stale(
    acme: Person, owe: Owe
) -> None:
    payout = owe(acme, 12_050)
    row = make_payment_file(staff_of(acme), open_account(acme), FRIDAY)
    with using_clock(ManualClock(NEXT_MORNING.replace(hour=2))):
        open_account(acme, account_number="111222333")

    approve_file(acme, row)

    with tenant_scope(acme.acquirer.id):
        assert Proposal.objects.get(subject=row.public_id).is_stale
        row.refresh_from_db()
    assert (row.status, standing(payout)) == ("made", "instructed")


def test_bytes_that_were_changed_in_the_storage_are_not_approved(acme: Person, owe: Owe) -> None:
    owe(acme, 12_050)
    row = make_payment_file(staff_of(acme), open_account(acme), FRIDAY)
    path = storages["settlements"].path(row.stored_as)
    with open(path, "ab") as file:
        file.write(b"<!-- -->")

    approve_file(acme, row)

    with tenant_scope(acme.acquirer.id):
        assert (
            "not the one that was made"
            in Proposal.objects.get(subject=row.public_id).decision_reason
        )
        row.refresh_from_db()
    assert row.status == "made"


def test_what_is_not_due_another_mode_and_a_refusal_leave_everything_as_it_was(
    acme: Person, owe: Owe, earn: Earn
) -> None:
    payout, account = owe(acme, 12_050), open_account(acme)
    live = open_account(acme, livemode=True)
    with using_clock(ManualClock(NOON)), pytest.raises(Conflict):
        make_payment_file(staff_of(acme), account, DAY)  # it is due on Thursday
    with pytest.raises(Conflict):
        make_payment_file(staff_of(acme), live, FRIDAY)
    for day in (DAY, FRIDAY.replace(year=2027)):
        with pytest.raises(Rejected):
            make_payment_file(staff_of(acme), account, day)
    with pytest.raises(Forbidden):
        make_payment_file(staff_of(acme, Role.OPERATIONS), account, FRIDAY)
    with tenant_scope(acme.acquirer.id):
        Payout.objects.filter(pk=payout.pk).update(holder="___")
    with pytest.raises(Conflict, match=payout.public_id):
        make_payment_file(staff_of(acme), account, FRIDAY)

    assert standing(payout) == "created"
    with platform_scope():
        assert (PaymentFile.objects.count(), PayoutTransition.objects.count()) == (0, 0)


def test_a_refused_file_can_still_be_withdrawn(acme: Person, owe: Owe) -> None:
    payout = owe(acme, 1)
    row = make_payment_file(staff_of(acme), open_account(acme), FRIDAY)
    with tenant_scope(acme.acquirer.id):
        proposal = Proposal.objects.get(subject=row.public_id)
        refuse(proposal.id, staff=staff_of(acme), reason="Not today.")
    withdraw_payment_file(staff_of(acme), row, reason="It was refused.")
    assert standing(payout) == "created"


def test_the_acquirers_account_is_changed_by_two_people_and_never_shown(
    acme: Person, outsider: Person
) -> None:
    row = open_account(acme)
    assert row.account_number == "987654321"
    with tenant_scope(outsider.acquirer.id):
        assert PayingAccount.objects.count() == 0
    assert signed_in(acme, Role.SUPPORT).get("/admin/settlement/payingaccount/").status_code == 403
    page = signed_in(acme, Role.FINANCE).get(f"/admin/settlement/payingaccount/{row.pk}/change/")
    assert "••••4321" in page.content.decode()
    assert "987654321" not in page.content.decode()


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"account_number": "12"}, "account_number"),
        ({"holder": "x" * 71}, "holder"),
        ({"currency": "XQZ"}, "currency"),
        ({"country": "DE", "account_number": "DE89370400440532013001"}, "account_number"),
        ({"characters": "runes"}, "characters"),
    ],
)
def test_an_account_that_cannot_be_is_not_even_proposed(
    acme: Person, said: dict[str, str], field: str
) -> None:
    with pytest.raises(Rejected) as refused:
        open_account(acme, **said)
    assert [fault.field for fault in refused.value.errors] == [field]
    with platform_scope():
        assert Proposal.objects.count() == 0


def test_the_whole_way_in_the_console(acme: Person, outsider: Person, owe: Owe) -> None:
    payout = owe(acme, 12_050)
    finance, owner = signed_in(acme, Role.FINANCE), signed_in(acme, Role.OWNER)
    said = {
        "mode": "test", "currency": "hkd", "holder": "Pearl", "country": "hk",
        "account_number": "987654321", "bank_code": "004", "characters": "latin",
        "reason": "The bank's letter.",
    }  # fmt: skip
    add = "/admin/settlement/payingaccount/add/"
    assert finance.post(add, said | {"country": "DE"}).status_code == 400
    assert finance.post(add, said).status_code == 302
    with platform_scope():
        [proposal] = Proposal.objects.all()
    assert (
        owner.post(f"/admin/proposals/proposal/{proposal.pk}/act/approve/", {}).status_code == 302
    )
    with platform_scope():
        [account] = PayingAccount.objects.all()
    make = {"account": str(account.pk), "executes_on": "2026-11-20"}
    assert "2026-11-19" in finance.get("/admin/settlement/paymentfile/add/").content.decode()
    foreign = signed_in(outsider, Role.FINANCE).post("/admin/settlement/paymentfile/add/", make)
    assert foreign.status_code == 400

    assert finance.post("/admin/settlement/paymentfile/add/", make).status_code == 302

    with platform_scope():
        [row] = PaymentFile.objects.all()
        proposal = Proposal.objects.get(subject=row.public_id)
    page = f"/admin/settlement/paymentfile/{row.pk}"
    assert payout.public_id in finance.get(f"{page}/change/").content.decode()
    assert finance.get(f"{page}/bytes/file").status_code == 404
    assert (
        owner.post(f"/admin/proposals/proposal/{proposal.pk}/act/approve/", {}).status_code == 302
    )
    assert finance.post(f"{page}/act/send/", {}).status_code == 302
    content = b"".join(finance.get(f"{page}/bytes/file"))  # type: ignore[arg-type]
    digest = finance.get(f"{page}/bytes/digest").content.decode()
    assert digest == f"{hashlib.sha256(content).hexdigest()}  {row.name}\n"
    assert signed_in(acme, Role.AUDITOR).get(f"{page}/bytes/file").status_code == 403
    assert signed_in(outsider, Role.OWNER).get(f"{page}/bytes/file").status_code == 404
    shown = finance.get(f"/admin/settlement/payout/{payout.pk}/change/").content.decode()
    for text in ("instructed", "sent", row.public_id):
        assert text in shown


@pytest.mark.django_db(transaction=True)
def test_two_who_make_a_file_at_once_share_no_payout(earn: Earn) -> None:
    person = make_person()
    give_account(person)
    earn(person, 1_000)
    with using_clock(ManualClock(NEXT_MORNING)):
        settle(person.acquirer, DAY, livemode=False)
        account = open_account(person)
        makers = [staff_of(person), staff_of(person)]

        def make(number: int) -> str:
            try:
                return make_payment_file(makers[number], account, FRIDAY).public_id
            except Conflict as refusal:
                return refusal.code

        made = sorted(at_once(2, make))
    assert made[0] == "nothing_to_pay"
    with platform_scope():
        assert (PaymentFile.objects.count(), PayoutTransition.objects.count()) == (1, 1)
