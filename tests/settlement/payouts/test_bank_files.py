"""What the bank says: payouts booked, returned, rejected; the rest in suspense; all or nothing."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from events.models import Event
from kernel.errors import Rejected
from ledger.models import Account
from ledger.selectors import get_balance
from settlement.bank.references import to_wire
from settlement.models import (
    BankEntry,
    BankFile,
    BankStatement,
    PaymentFile,
    Payout,
    PayoutTransition,
)
from settlement.services.check_books import check_books
from settlement.services.take_bank_file import find_form, take_bank_file
from tenancy.roles import Role
from tenancy.scope import platform_scope, tenant_scope
from tests.people import Person, make_person
from tests.settlement.payouts.conftest import (
    Owe,
    open_account,
    sent_file,
    sheet,
    signed_in,
    standing,
)

pytestmark = pytest.mark.django_db


def take(person: Person, content: bytes) -> BankFile:
    return take_bank_file(person.acquirer, "20.csv", content, actor="staff:ada@example.com")


def books(person: Person) -> dict[str, int]:
    """What the acquirer's test accounts stand at, without those at zero."""
    with tenant_scope(person.acquirer.id):
        accounts = Account.objects.filter(livemode=False)
        found = {account.kind: 0 for account in accounts}
        for account in accounts:
            found[account.kind] += get_balance(account)
    return {kind: minor for kind, minor in found.items() if minor}


def faults(person: Person) -> list[str]:
    """What the check of the books finds, beside that these sales had no payments."""
    found = check_books(person.acquirer).findings
    return [name for name, each in found.items() if each["count"] and name != "causes"]


def test_a_payout_that_the_statement_shows_is_booked_and_the_rest_waits_in_suspense(
    acme: Person, rival: Person, outsider: Person, owe: Owe
) -> None:
    ours, theirs = owe(acme, 12_050), owe(rival, 700)
    file = sent_file(acme, open_account(acme))
    open_account(outsider)

    taken = take(
        acme,
        sheet(
            (-12_050, to_wire(ours.public_id).upper(), ""),
            (-699, to_wire(theirs.public_id), "less a charge"),
            (36_708, "", "ALIPAY 20261119"),
        ),
    )

    assert (taken.state, taken.refused_because) == ("loaded", "")
    assert (standing(ours), standing(theirs)) == ("booked", "sent")
    with tenant_scope(acme.acquirer.id):
        entries = BankEntry.objects.order_by("line")
        assert [entry.meaning for entry in entries] == [
            "payout_booked", "unexplained", "unexplained",
        ]  # fmt: skip
        assert theirs.public_id in entries[1].why
        assert PaymentFile.objects.get(pk=file.pk).status == "accepted"
        step = PayoutTransition.objects.get(payout=ours, event="booked")
        assert (step.actor, step.told_by) == ("bank", entries[0].public_id)
        told = Event.objects.get(type="payout.booked")
        assert (told.object_id, told.payload["status"]) == (ours.id, "booked")
    assert books(acme) == {
        "scheme_receivable": 12_750, "payout_in_transit": -700,
        "bank": 23_959, "suspense": -36_009,
    }  # fmt: skip
    assert faults(acme) == []
    with tenant_scope(outsider.acquirer.id):
        assert BankStatement.objects.count() == 0


def test_what_comes_back_is_the_merchants_again_and_the_next_batch_pays_it(
    acme: Person, owe: Owe
) -> None:
    payout = owe(acme, 12_050)
    sent_file(acme, open_account(acme))
    end_to_end = to_wire(payout.public_id)

    take(acme, sheet((-12_050, end_to_end, ""), (12_050, end_to_end, "returned")))

    assert standing(payout) == "returned"
    assert books(acme) == {"scheme_receivable": 12_050, "merchant_available": -12_050}
    assert faults(acme) == []


def test_the_same_bytes_are_no_second_file_and_a_gap_or_a_stranger_is_refused_whole(
    acme: Person, outsider: Person, owe: Owe
) -> None:
    payout = owe(acme, 12_050)
    sent_file(acme, open_account(acme))
    content = sheet((-12_050, to_wire(payout.public_id), ""))
    first = take(acme, content)
    stood = books(acme)

    assert take(acme, content).pk == first.pk
    for other, reason in (
        (sheet((5, "", "x"), opening=100_000), "one is missing"),
        (sheet((5, "", "x"), account="111"), "••••111"),
        (sheet((5, "", "x")).replace(b"1000.05", b"1000.06"), "one is missing"),
        (
            sheet((5, "", "x"), (6, "", "y"), opening=87_950).replace(b"879.61", b"879.62"),
            "are not",
        ),
    ):
        refused = take(acme, other)
        assert (refused.state, reason in refused.refused_because) == ("refused", True)
    assert refused.refused_line == 3
    assert refused.refused_column == "balance"
    assert books(acme) == stood
    with tenant_scope(acme.acquirer.id):
        assert BankStatement.objects.count() == 1
    # The same file of another acquirer is that acquirer's, and knows none of its accounts.
    assert take(outsider, content).state == "refused"
    with pytest.raises(Rejected):
        take(acme, b"PK\x03\x04")


@pytest.mark.parametrize(
    ("content", "line", "because"),
    [
        (sheet((10**18, "", "x"), opening=0), 2, "an amount of more than 15 digits"),
        (sheet((100, "", "x\0y")), 2, "a text with a NUL"),
        (sheet((100, "", "x"), opening=10**16), 1, "a balance of more than 15 digits"),
    ],
)
def test_what_no_table_can_hold_is_refused_with_its_line(
    acme: Person, content: bytes, line: int, because: str
) -> None:
    open_account(acme)
    taken = take_bank_file(acme.acquirer, "odd\0name.csv", content, actor="staff:ada")
    assert (taken.state, taken.refused_line, taken.refused_because) == ("refused", line, because)
    assert taken.name == "oddname.csv"
    with tenant_scope(acme.acquirer.id):
        assert BankStatement.objects.count() == 0


def test_a_statement_in_utf_16_is_found_by_its_form() -> None:
    begun = '<?xml version="1.0" encoding="UTF-16"?><Document/>'
    assert find_form(begun.encode("utf-16")) == BankFile.Form.CAMT053
    assert find_form(begun.encode("utf-16-be")) is None  # without its mark it could be anything


def test_one_entry_for_a_whole_group_books_all_of_it(acme: Person, rival: Person, owe: Owe) -> None:
    payouts = [owe(acme, 12_050), owe(rival, 700)]
    file = sent_file(acme, open_account(acme))

    take(acme, sheet((-12_750, f"{to_wire(file.public_id)}-1", "")))

    assert [standing(payout) for payout in payouts] == ["booked", "booked"]


def test_one_entry_for_the_rest_of_a_group_books_what_the_bank_has_not_refused(
    acme: Person, rival: Person, outsider: Person, owe: Owe
) -> None:
    third = make_person(acme.acquirer, acme.partner_account)
    first, second, last = owe(acme, 12_050), owe(rival, 700), owe(third, 5_000)
    file = sent_file(acme, open_account(acme))
    theirs = owe(outsider, 5_700)
    sent_file(outsider, open_account(outsider))
    refused = f"""<GrpSts>PART</GrpSts></OrgnlGrpInfAndSts><OrgnlPmtInfAndSts><TxInfAndSts>
<OrgnlEndToEndId>{to_wire(first.public_id)}</OrgnlEndToEndId><TxSts>RJCT</TxSts></TxInfAndSts>
</OrgnlPmtInfAndSts>"""
    assert take(acme, report(file.public_id, refused)).refused_because == ""

    take(acme, sheet((-5_700, f"{to_wire(file.public_id)}-1", "the rest")))

    assert [standing(each) for each in (first, second, last)] == ["rejected", "booked", "booked"]
    assert standing(theirs) == "sent"
    assert books(acme) == {
        "scheme_receivable": 17_750, "merchant_available": -12_050, "bank": -5_700,
    }  # fmt: skip
    assert faults(acme) == []


def test_one_entry_for_the_rest_of_a_group_books_what_stands_in_no_entry_of_its_own(
    acme: Person, rival: Person, owe: Owe
) -> None:
    payouts = [owe(acme, 12_050), owe(rival, 700)]
    file = sent_file(acme, open_account(acme))

    take(
        acme,
        sheet(
            (-12_050, to_wire(payouts[0].public_id), ""),
            (-700, f"{to_wire(file.public_id)}-1", "the rest"),
        ),
    )

    assert [standing(payout) for payout in payouts] == ["booked", "booked"]


def mt940(*entries: str, account: str = "987654321") -> bytes:
    """A statement that begins with HKD 1000.00 and ends with 879.50."""
    lines = "".join(f":61:261120{entry}\n" for entry in entries)
    begins = f":20:S1\n:25:{account}\n:28C:1/1\n:60F:C261119HKD1000,\n"
    return f"{begins}{lines}:62F:C261120HKD879,50\n".encode()


def naming(payout: Payout) -> str:
    return f":86:/EREF/{to_wire(payout.public_id)}/"


def test_a_credit_that_the_bank_takes_back_books_no_payout(acme: Person, owe: Owe) -> None:
    payout = owe(acme, 12_050)
    sent_file(acme, open_account(acme))

    assert take(acme, mt940(f"RC120,50NTRFNONREF\n{naming(payout)}")).refused_because == ""

    assert (standing(payout), books(acme)["suspense"]) == ("sent", 12_050)
    with tenant_scope(acme.acquirer.id):
        said = f"it names {payout.public_id}, and takes back what had come in"
        assert BankEntry.objects.get().why == said


def test_a_payout_that_the_bank_takes_back_and_pays_again_at_once_stays_booked(
    acme: Person, rival: Person, outsider: Person, owe: Owe
) -> None:
    again, back = owe(acme, 12_050), owe(rival, 700)
    owe(outsider, 900)
    sent_file(acme, open_account(acme))
    text = mt940(
        f"D120,50NTRFNONREF\n{naming(again)}", f"D7,00NTRFNONREF\n{naming(back)}",
        f"RD120,50NTRFNONREF\n{naming(again)}", f"RD7,00NTRFNONREF\n{naming(back)}",
        f"D120,50NTRFNONREF\n{naming(again)}",
    )  # fmt: skip

    assert take(acme, text).refused_because == ""

    assert (standing(again), standing(back)) == ("booked", "returned")
    with tenant_scope(acme.acquirer.id):
        left = BankEntry.objects.filter(meaning="unexplained").order_by("line")
        assert list(left.values_list("amount_minor", "why")) == [
            (12_050, f"it names {again.public_id}, which the bank pays again further on"),
            (-12_050, f"it names {again.public_id}, which is booked"),
        ]
    assert "suspense" not in books(acme)
    assert "bank" not in books(outsider)


def test_an_mt940_books_as_well(acme: Person, owe: Owe) -> None:
    payout = owe(acme, 12_050)
    sent_file(acme, open_account(acme))
    text = mt940(f"D120,50NTRFNONREF\n{naming(payout)}", account="HSBCHKHH/987654321")

    assert take(acme, text).refused_because == ""

    assert standing(payout) == "booked"


def report(file_id: str, body: str) -> bytes:
    return f"""<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt>
<OrgnlGrpInfAndSts><OrgnlMsgId>{to_wire(file_id)}</OrgnlMsgId>{body}</CstmrPmtStsRpt></Document>
""".encode()


def test_what_the_bank_does_not_take_is_the_merchants_again(
    acme: Person, rival: Person, owe: Owe
) -> None:
    ours, theirs = owe(acme, 12_050), owe(rival, 700)
    file = sent_file(acme, open_account(acme))
    body = f"""<GrpSts>PART</GrpSts></OrgnlGrpInfAndSts><OrgnlPmtInfAndSts><TxInfAndSts>
<OrgnlEndToEndId>{to_wire(ours.public_id)}</OrgnlEndToEndId><TxSts>RJCT</TxSts><StsRsnInf><Rsn>
<Cd>AC04</Cd></Rsn></StsRsnInf></TxInfAndSts></OrgnlPmtInfAndSts>"""

    assert take(acme, report(file.public_id, body)).refused_because == ""
    assert take(acme, report(file.public_id, body + " ")).refused_because == ""  # told twice

    assert (standing(ours), standing(theirs)) == ("rejected", "sent")
    with tenant_scope(acme.acquirer.id):
        file.refresh_from_db()
        assert (file.status, Payout.objects.get(pk=ours.pk).reason) == ("accepted", "AC04")
        assert Event.objects.get(type="payout.rejected").payload["reason"] == "AC04"
    assert books(acme)["merchant_available"] == -12_050
    assert faults(acme) == []

    rest = "<GrpSts>RJCT</GrpSts></OrgnlGrpInfAndSts>"
    take(acme, report(file.public_id, rest))
    assert standing(theirs) == "rejected"
    with tenant_scope(acme.acquirer.id):
        file.refresh_from_db()
    assert file.status == "rejected"


def test_a_report_about_a_file_that_was_not_sent_moves_nothing(
    acme: Person, outsider: Person, owe: Owe
) -> None:
    payout = owe(acme, 12_050)
    file = sent_file(acme, open_account(acme))
    whole = "<GrpSts>RJCT</GrpSts></OrgnlGrpInfAndSts>"

    assert "was sent" in take(outsider, report(file.public_id, whole)).refused_because
    assert standing(payout) == "sent"


def test_finance_brings_a_file_and_sees_what_became_of_it(
    acme: Person, outsider: Person, owe: Owe
) -> None:
    payout = owe(acme, 12_050)
    sent_file(acme, open_account(acme))
    client = signed_in(acme, Role.FINANCE)
    content = sheet((-12_050, to_wire(payout.public_id), ""))
    add = "/admin/settlement/bankfile/add/"

    def upload(data: bytes) -> int:
        return client.post(add, {"file": SimpleUploadedFile("20.csv", data)}).status_code

    assert upload(b"not a statement") == 400
    assert upload(content) == 302
    assert upload(sheet((1, "", "x"))) == 302

    with platform_scope():
        refused, loaded = BankFile.objects.order_by("-state")
        entry = BankEntry.objects.get()
    page = client.get(f"/admin/settlement/bankfile/{refused.pk}/change/").content.decode()
    assert "one is missing" in page
    taken = client.get(f"/admin/settlement/bankfile/{loaded.pk}/bytes")
    assert b"".join(taken) == content  # type: ignore[arg-type]
    page = client.get(f"/admin/settlement/bankentry/{entry.pk}/change/").content.decode()
    assert payout.public_id in page
    foreign = signed_in(outsider, Role.FINANCE)
    assert foreign.get(f"/admin/settlement/bankfile/{loaded.pk}/bytes").status_code == 404
    support = signed_in(acme, Role.SUPPORT)
    assert support.post(add, {"file": SimpleUploadedFile("x", b"x")}).status_code == 403
