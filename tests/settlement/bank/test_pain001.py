"""A payment file obeys the official schema and the banks' rules, and its bytes repeat."""

from dataclasses import replace
from datetime import UTC, date, datetime
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from settlement.bank.characters import to_latin
from settlement.bank.pain001 import CannotPay, Order, Party, Transfer, write

SCHEMA = etree.XMLSchema(
    etree.fromstring((files("sepaxml") / "schemas" / "pain.001.001.09.xsd").read_bytes())
)
PEARL = Party("Pearl Acquiring Limited", "HK", "987654321", "004")
LOTUS = Party("Lotus Tea House Limited", "HK", "012345678901", "HSBCHKHH")
CAFE = Party("Café Süß & Söhne", "DE", "DE89370400440532013000", "COBADEFFXXX")
BAKERY = Party("Boulangerie", "FR", "FR1420041010050500013M02606", "")
SHOP = Party("Kopi", "SG", "1234567", "7171")
ORDER = Order(
    id="pfl-01kahcm6s8e1p9xq3d3v4b5n6m",
    made_at=datetime(2026, 11, 19, 1, 2, 3, tzinfo=UTC),
    executes_on=date(2026, 11, 20),
    currency="HKD",
    debtor=PEARL,
    transfers=[
        Transfer("pyo-1", LOTUS, 12_050, "Settlement 7 of 2026-11-18"),
        Transfer("pyo-2", SHOP, 5, "Settlement 1"),
    ],
)


def read(order: Order) -> etree._ElementTree:
    tree = etree.ElementTree(etree.fromstring(write(order)))
    SCHEMA.assertValid(tree)
    return tree


def texts(tree: etree._ElementTree, path: str) -> list[str | None]:
    return [node.text for node in tree.iterfind(".//{*}" + path.replace("/", "/{*}"))]


def test_a_file_says_whom_to_pay_from_where_how_much_and_sums_it_up() -> None:
    tree = read(ORDER)

    assert texts(tree, "GrpHdr/MsgId") == [ORDER.id]
    assert texts(tree, "NbOfTxs") == ["2", "2"]
    assert texts(tree, "CtrlSum") == ["120.55", "120.55"]
    assert texts(tree, "ReqdExctnDt/Dt") == ["2026-11-20"]
    assert texts(tree, "DbtrAcct/Id/Othr/Id") == ["987654321"]
    assert texts(tree, "DbtrAgt/FinInstnId/ClrSysMmbId/ClrSysId/Cd") == ["HKNCC"]
    assert texts(tree, "DbtrAgt/FinInstnId/ClrSysMmbId/MmbId") == ["004"]
    assert texts(tree, "EndToEndId") == ["pyo-1", "pyo-2"]
    assert texts(tree, "InstdAmt") == ["120.50", "0.05"]
    assert texts(tree, "CdtrAgt/FinInstnId/BICFI") == ["HSBCHKHH"]
    assert texts(tree, "CdtrAcct/Id/Othr/Id") == ["012345678901", "1234567"]
    assert texts(tree, "SvcLvl/Cd") == ["NURG"]
    assert write(ORDER) == write(replace(ORDER))


@pytest.mark.parametrize(
    ("currency", "minor", "amount", "total"),
    [("JPY", 500, "500", "505"), ("KWD", 1_234, "1.234", "1.239"), ("EUR", 1, "0.01", "0.06")],
)
def test_amounts_have_the_currencys_own_decimals(
    currency: str, minor: int, amount: str, total: str
) -> None:
    paid = [Transfer("pyo-1", LOTUS, minor, ""), Transfer("pyo-2", SHOP, 5, "")]
    tree = read(replace(ORDER, currency=currency, transfers=paid))

    assert texts(tree, "InstdAmt")[0] == amount
    assert texts(tree, "GrpHdr/CtrlSum") == [total]
    assert [node.get("Ccy") for node in tree.iterfind(".//{*}InstdAmt")] == [currency] * 2


def test_euros_between_ibans_of_sepa_go_by_its_terms_and_others_by_theirs() -> None:
    order = replace(
        ORDER,
        currency="EUR",
        debtor=CAFE,
        transfers=[Transfer("a", LOTUS, 1, "x"), Transfer("b", BAKERY, 2, "x")],
    )

    tree = read(order)

    assert texts(tree, "SvcLvl/Cd") == ["SEPA", "NURG"]
    assert texts(tree, "ChrgBr") == ["SLEV", "SHAR"]
    assert texts(tree, "PmtInf/CtrlSum") == ["0.02", "0.01"]
    assert texts(tree, "PmtInfId") == [f"{ORDER.id}-1", f"{ORDER.id}-2"]
    assert texts(tree, "CdtrAcct/Id/IBAN") == ["FR1420041010050500013M02606"]
    assert texts(tree, "Dbtr/Nm") == ["Cafe Suss + Sohne"] * 2


def test_a_bank_that_takes_any_characters_gets_names_as_they_are_written() -> None:
    order = replace(ORDER, debtor=replace(PEARL, name="珠江\x00收單"), keeps_characters=True)
    assert texts(read(order), "Dbtr/Nm") == ["珠江 收單"]
    assert texts(read(replace(order, keeps_characters=False)), "Dbtr/Nm") == ["ZhuJiang ShouDan"]


@pytest.mark.parametrize(
    ("party", "reason"),
    [
        (replace(CAFE, number="DE89370400440532013001"), "check digits"),
        (replace(LOTUS, name="___"), "no letter"),
    ],
)
def test_whom_no_bank_could_pay_is_named_and_nothing_is_written(party: Party, reason: str) -> None:
    with pytest.raises(CannotPay, match=reason) as refused:
        write(replace(ORDER, transfers=[Transfer("pyo-9", party, 1, "")]))
    assert refused.value.which == "pyo-9"


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("/Tea//House/", "Tea/House"),
        ("-x", "x"),
        ("a_b=c@d", "a b c d"),
        ("x" * 71, "x" * 70),
        ("x" * 69 + " y", "x" * 69),
    ],
)
def test_texts_keep_to_what_banks_pass_on(said: str, written: str) -> None:
    assert to_latin(said, 70) == written


@settings(max_examples=60, deadline=None)
@given(name=st.text(min_size=1, max_size=200), minor=st.integers(1, 10**12), text=st.text())
def test_whatever_a_name_or_text_is_the_schema_holds(name: str, minor: int, text: str) -> None:
    paid = [Transfer("pyo-1", replace(LOTUS, name="Tea " + name), minor, text)]
    read(replace(ORDER, transfers=paid))
    read(replace(ORDER, transfers=paid, keeps_characters=True))
