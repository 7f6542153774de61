"""MT940, CSV and pain.002 are read whole, or refused with line and column."""

from datetime import date

import mt940 as other
import pytest

from settlement.bank import csv_form, mt940, pain002
from settlement.bank.references import find_ids, to_wire
from settlement.bank.statement import StatementRefused

PAYOUT = "pyo_01kahcm6s8e1p9xq3d3v4b5n6m"
MT = f"""{{1:F01HSBCHKHHAXXX0000000000}}{{2:I940HSBCHKHHXXXXN}}{{4:
:20:STMT1119
:25:004/987654321
:28C:00231/1
:60F:C261118HKD1000,00
:61:2611191119DR120,50NTRF{"NONREF"}//B-77
supplementary
:86:?20EREF+{to_wire(PAYOUT)[:20]}
?21{to_wire(PAYOUT)[20:]} KREF?30HSBC
:61:2612310102C367,08NMSCALIPAY
:86:ALIPAY SETTLEMENT
20261119
:61:261119RD5,NTRFREVERSED
:62F:C261119HKD1251,58
:64:C261119HKD1251,58
-}}
"""


def mt(text: str = MT) -> bytes:
    # The funds code R stands between side and amount.
    return text.replace("DR120", "D120").encode()


def test_an_mt940_is_read_with_signs_days_and_ids_that_lines_have_cut() -> None:
    (read,) = mt940.read(mt())

    assert (read.account, read.currency) == ("004/987654321", "HKD")
    assert (read.opening, read.closing, read.closes_on) == (100_000, 125_158, date(2026, 11, 19))
    assert [entry.minor for entry in read.entries] == [-12_050, 36_708, 500]
    assert [entry.is_reversal for entry in read.entries] == [False, False, True]
    first, second, _ = read.entries
    assert (first.bank_reference, first.booked_on) == ("B-77", date(2026, 11, 19))
    assert [f"{key}" for key in find_ids("pyo", first.references)] == [
        f"{key}" for key in find_ids("pyo", [PAYOUT])
    ]
    assert (second.value_on, second.booked_on) == (date(2026, 12, 31), date(2027, 1, 2))
    assert second.remittance == "ALIPAY SETTLEMENT 20261119"


def test_another_reader_of_mt940_reads_the_same_amounts() -> None:
    theirs = other.parse(mt().decode())
    (ours,) = mt940.read(mt())
    assert [int(each.data["amount"].amount * 100) for each in theirs] == [
        entry.minor for entry in ours.entries
    ]


@pytest.mark.parametrize(
    ("old", "new", "line", "column", "reason"),
    [
        ("1251,58\n:64", "1251,59\n:64", 15, ":62F:", "are not 125159"),
        (":62F:C261119HKD1251,58\n", "", 2, ":62F:", "closing"),
        (":25:004/987654321\n", "", 2, ":25:", "account"),
        ("D120,50", "D120.50", 6, ":61:", "no entry"),
        ("D120,50", "D120,505", 6, ":61:", "more than 2 decimals"),
        (":28C:", ":99C:", 4, ":99C:", "has not"),
        ("261119RD", "261319RD", 13, ":61:", "no day"),
        ("HKD1251,58\n:64", "USD1251,58\n:64", 14, ":62F:", "opens in HKD and closes in USD"),
    ],
)
def test_an_mt940_that_is_not_right_is_refused_where_it_is_not(
    old: str, new: str, line: int, column: str, reason: str
) -> None:
    text = mt().decode()
    assert old in text
    with pytest.raises(StatementRefused, match=reason) as refused:
        mt940.read(text.replace(old, new, 1).encode())
    assert refused.value.column == column
    assert abs(refused.value.line - line) <= 1


SHEET = (
    "account,currency,booked_on,value_on,amount,balance,bank_reference,end_to_end_id,text\n"
    f"987654321,KWD,2026-11-19,,-1.234,998.766,B1,{to_wire(PAYOUT)},\"Tea, ''Lotus\"\n"
    "987654321,KWD,2026-11-19,2026-11-20,0.234,999.000,B2,,ALIPAY\n"
).replace("''", '""')


def test_a_csv_statement_is_read_with_the_currencys_own_decimals() -> None:
    (read,) = csv_form.read(("\ufeff" + SHEET).encode())

    assert (read.opening, read.closing, read.account) == (1_000_000, 999_000, "987654321")
    assert [entry.minor for entry in read.entries] == [-1_234, 234]
    assert read.entries[0].remittance == 'Tea, "Lotus'
    assert read.entries[1].value_on == date(2026, 11, 20)


@pytest.mark.parametrize(
    ("old", "new", "line", "column"),
    [
        ("booked_on,value_on", "value_on,booked_on", 1, ""),
        ("999.000", "999.001", 3, "balance"),
        ("-1.234", "-1.2345", 2, "amount"),
        ("-1.234", "1e3", 2, "amount"),
        ("-1.234", "-1_.234", 2, "amount"),
        ("-1.234", "-\uff11.234", 2, "amount"),
        ("-1.234", '"-1,234"', 2, "amount"),
        ("2026-11-19,,", "20261119,,", 2, "booked_on"),
        ("2026-11-19,,", "2026-W47-4,,", 2, "booked_on"),
        ("KWD,2026-11-19,2026-11-20", "USD,2026-11-19,2026-11-20", 3, "currency"),
        ("2026-11-19,,", "19.11.2026,,", 2, "booked_on"),
        (",B2,,ALIPAY", ",B2,ALIPAY", 3, ""),
        ('Lotus"', 'Lotus" x"y', 2, ""),
    ],
)
def test_a_csv_statement_that_is_not_right_is_refused_where_it_is_not(
    old: str, new: str, line: int, column: str
) -> None:
    assert old in SHEET
    with pytest.raises(StatementRefused) as refused:
        csv_form.read(SHEET.replace(old, new, 1).encode())
    assert refused.value.column == column
    assert abs(refused.value.line - line) <= 1


def test_a_csv_statement_that_was_saved_again_is_the_same_statement() -> None:
    (first,) = csv_form.read(SHEET.encode())
    for again in (
        SHEET.replace("\n", "\r\n"),
        "\ufeff" + SHEET,
        SHEET.replace("ALIPAY", '"ALIPAY"'),
    ):
        assert csv_form.read(again.encode()) == [first]
    (other,) = csv_form.read(SHEET.replace("ALIPAY", "ALIPAY 2").encode())
    assert other.id != first.id


def report(body: str, version: str = "03") -> bytes:
    return f"""<?xml version="1.0"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.{version}"><CstmrPmtStsRpt>
<GrpHdr><MsgId>R1</MsgId><CreDtTm>2026-11-20T08:00:00</CreDtTm></GrpHdr>
<OrgnlGrpInfAndSts><OrgnlMsgId>pfl-1</OrgnlMsgId>{body}
</CstmrPmtStsRpt></Document>""".encode()


ONE = """<GrpSts>PART</GrpSts></OrgnlGrpInfAndSts><OrgnlPmtInfAndSts><OrgnlPmtInfId>pfl-1-1
</OrgnlPmtInfId><TxInfAndSts><OrgnlEndToEndId>pyo-1</OrgnlEndToEndId><TxSts>RJCT</TxSts><StsRsnInf>
<Rsn><Cd>AC04</Cd></Rsn><AddtlInf>account closed</AddtlInf></StsRsnInf></TxInfAndSts>
<TxInfAndSts><OrgnlEndToEndId>pyo-2</OrgnlEndToEndId><TxSts>ACSP</TxSts></TxInfAndSts>
</OrgnlPmtInfAndSts>"""


@pytest.mark.parametrize("version", ["03", "10", "12"])
def test_a_report_says_what_is_refused_and_why(version: str) -> None:
    read = pain002.read(report(ONE, version))
    assert read.message == "pfl-1"
    assert read.refused == (pain002.Refused("pfl-1-1", "pyo-1", "AC04 account closed"),)


def test_a_report_may_refuse_all_or_nothing() -> None:
    why = "<StsRsnInf><Rsn><Cd>AM05</Cd></Rsn></StsRsnInf>"
    whole = f"<GrpSts>RJCT</GrpSts>{why}</OrgnlGrpInfAndSts>"
    assert pain002.read(report(whole)).refused == (pain002.Refused("", "", "AM05"),)
    assert pain002.read(report("<GrpSts>ACCP</GrpSts></OrgnlGrpInfAndSts>")).refused == ()


@pytest.mark.parametrize(
    "body",
    [
        "<GrpSts>MAYB</GrpSts></OrgnlGrpInfAndSts>",
        ONE.replace("<OrgnlEndToEndId>pyo-1</OrgnlEndToEndId>", ""),
        ONE.replace("</OrgnlPmtInfAndSts>", ""),
    ],
)
def test_a_report_that_is_not_right_is_refused(body: str) -> None:
    with pytest.raises(StatementRefused):
        pain002.read(report(body))


def test_ids_are_found_in_either_form_and_nothing_else_is() -> None:
    wire = to_wire(PAYOUT)
    [key] = find_ids("pyo", [PAYOUT])
    for text in (wire, wire.upper(), f"EREF+{wire} SVWZ", f"/EREF/{wire}/", PAYOUT):
        assert find_ids("pyo", [text, text]) == [key]
    for text in (wire + "x", "x" + wire, wire.replace("pyo", "pay"), "NOTPROVIDED"):
        assert find_ids("pyo", [text]) == []
