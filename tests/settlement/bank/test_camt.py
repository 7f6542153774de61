"""A camt.053 statement is read whole, with balances that agree, or refused with its line."""

from datetime import date

import pytest

from settlement.bank import camt
from settlement.bank.camt import StatementRefused


def statement(version: str = "08") -> str:
    booked, pending = (
        ("<Sts>BOOK</Sts>", "<Sts>PDNG</Sts>")
        if version == "02"
        else ("<Sts><Cd>BOOK</Cd></Sts>", "<Sts><Cd>PDNG</Cd></Sts>")
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}"><BkToCstmrStmt>
<GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-11-24T06:00:00Z</CreDtTm></GrpHdr>
<Stmt><Id>S-2026-11-23</Id><Acct><Id><IBAN>GB33BUKB20201555555555</IBAN></Id></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="HKD">100.00</Amt>
<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-23</Dt></Dt></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="HKD">417.08</Amt>
<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-23</Dt></Dt></Bal>
<Ntry><Amt Ccy="HKD">367.08</Amt><CdtDbtInd>CRDT</CdtDbtInd>{booked}
<BookgDt><Dt>2026-11-23</Dt></BookgDt><ValDt><DtTm>2026-11-24T00:00:00</DtTm></ValDt>
<AcctSvcrRef>B77</AcctSvcrRef><BkTxCd/><NtryDtls><TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId>
<InstrId>I9</InstrId></Refs><RmtInf><Ustrd>ALIPAY settlement</Ustrd><Ustrd>20261123</Ustrd>
</RmtInf></TxDtls></NtryDtls></Ntry>
<Ntry><Amt Ccy="HKD">50.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><RvslInd>true</RvslInd>{booked}<BkTxCd/>
<NtryDtls><Btch><PmtInfId>BATCH-1</PmtInfId></Btch></NtryDtls></Ntry>
<Ntry><Amt Ccy="HKD">9.99</Amt><CdtDbtInd>CRDT</CdtDbtInd>{pending}<BkTxCd/></Ntry>
</Stmt></BkToCstmrStmt></Document>"""


@pytest.mark.parametrize("version", ["02", "08"])
def test_booked_entries_are_read_and_pending_ones_are_not(version: str) -> None:
    (read,) = camt.read(statement(version).encode())
    assert (read.id, read.account) == ("S-2026-11-23", "GB33BUKB20201555555555")
    assert (read.opening, read.closing, read.currency) == (10_000, 41_708, "HKD")
    assert [(one.minor, one.is_reversal) for one in read.entries] == [
        (36_708, False),
        (-5_000, True),
    ]
    first, second = read.entries
    assert (first.booked_on, first.value_on) == (date(2026, 11, 23), date(2026, 11, 24))
    assert (first.bank_reference, first.references) == ("B77", ("I9",))
    assert first.remittance == "ALIPAY settlement 20261123"
    assert (second.references, second.booked_on) == (("BATCH-1",), None)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("417.08", "417.09", "10000 and entries of 31708 are not 41709"),
        ("<Cd>OPBD</Cd>", "<Cd>ITBD</Cd>", "the balance OPBD is missing"),
        ('Ccy="HKD">367.08', 'Ccy="USD">367.08', "in USD, on an account in HKD"),
        ("367.08", "367.081", "more digits|no plain amount|367.081"),
        ("<IBAN>GB33BUKB20201555555555</IBAN>", "", "the account is missing"),
        ("2026-11-23</Dt></BookgDt>", "2026-13-23</Dt></BookgDt>", "is no day"),
        ("camt.053.001", "camt.054.001", r"no camt\.053"),
        ("</Document>", "", "no XML"),
        ("<CdtDbtInd>DBIT</CdtDbtInd>", "", "neither credit nor debit"),
    ],
)
def test_what_is_wrong_is_refused_with_its_reason(old: str, new: str, reason: str) -> None:
    whole = statement()
    assert old in whole
    with pytest.raises(StatementRefused, match=reason):
        camt.read(whole.replace(old, new, 1).encode())


def test_entities_are_not_taken() -> None:
    hostile = statement().replace(
        "<Document", '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><Document', 1
    )
    with pytest.raises(StatementRefused, match="document type"):
        camt.read(hostile.replace("B77", "&x;").encode())


def test_a_previous_closing_serves_as_the_opening() -> None:
    (read,) = camt.read(statement().replace(">OPBD<", ">PRCD<").encode())
    assert read.opening == 10_000


@pytest.mark.parametrize("zone", ["Z", "+08:00", "-05:00"])
def test_a_day_may_have_a_zone(zone: str) -> None:
    (read,) = camt.read(statement().replace("2026-11-23</Dt>", f"2026-11-23{zone}</Dt>").encode())
    assert read.entries[0].booked_on == date(2026, 11, 23)


def test_a_refusal_names_its_line() -> None:
    with pytest.raises(StatementRefused) as refused:
        camt.read(statement().replace("367.08", "x").encode())
    assert refused.value.line == 9
