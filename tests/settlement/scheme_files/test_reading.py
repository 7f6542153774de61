"""A daily file is read to the letter, or refused with its line and its column."""

import gzip
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any, TypeVar
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.currencies import minor_digits
from kernel.money import Money
from settlement.scheme_files import piece, settlement, text, transaction
from settlement.scheme_files.cells import BEIJING, plain_minor
from settlement.scheme_files.names import FileName, read_name
from settlement.scheme_files.piece import Piece
from settlement.scheme_files.refusal import FileRefused

Row = TypeVar("Row")
PARTNER, DAY, SETTLED = "2088000000000001", date(2013, 12, 2), date(2017, 8, 3)
HEAD = f"Partner:{PARTNER}|Payment_time: 2013-12-02|Total_count:1"
NAMES = "|".join(transaction.COLUMNS)
ROW = (
    "0001|201312020445|100|3|HKD|2013-12-02 10:45:42|PAYMENT||5812|茶屋|xxx|shopQrCode|TWD|100"
    "|0.031"
)
SETTLEMENT_ROW = (
    "EASA-1|2017080221001004060213245489|369.30|2001.38|2.22|367.08|1989.37|AUD|5.41940000"
    "|2017-08-02 07:36:46|2017-08-03 15:46:00|P|L||5311|xxx|xxx|shopQrCode|AUD|369.30|1"
)


def transactions(
    *lines: str, encoding: str = "utf-8", end: str = "\n"
) -> list[transaction.TransactionRow]:
    content = end.join([*lines, ""]).encode(encoding)
    return refused_alike(
        lambda: list(transaction.read(BytesIO(content), partner=PARTNER, day=DAY)),
        lambda: list(transaction.read_pieces(BytesIO(content), partner=PARTNER, day=DAY)),
    )


def settlements(*lines: str) -> list[settlement.SettlementRow]:
    content = "\n".join(lines).encode()
    return refused_alike(
        lambda: list(settlement.read(BytesIO(content), day=SETTLED)),
        lambda: list(settlement.read_pieces(BytesIO(content), day=SETTLED)),
    )


def refused_alike(read: Callable[[], list[Row]], pieces: Callable[[], list[Piece]]) -> list[Row]:
    """What ``read`` gives: its ``pieces`` tell a COPY the same, and refuse in the same words."""
    try:
        rows = read()
    except FileRefused as refusal:
        with pytest.raises(FileRefused, match=f"^{re.escape(str(refusal))}$"):
            pieces()
        raise
    assert [told for each in pieces() for told in told_by(each)] == list(map(telling, rows))
    return rows


def told_by(part: Piece) -> Iterator[tuple[Any, ...]]:
    lines = part.text.removesuffix("\n").split("\n")
    assert len(lines) == part.rows
    for number, line in enumerate(lines, part.line):
        cells = [cell.replace("\\t", "\t").replace("\\\\", "\\") for cell in line.split("|")]
        told = {"merchant_name": ""} | dict(zip(part.columns, cells, strict=True))
        amounts = (abs(Decimal(told[each])) * 10**part.digits for each in ("amount", "fee"))
        texts = (told[each] for each in ("own_id", "scheme_id", "currency", "merchant_name"))
        at = datetime.fromisoformat(told["at"]).replace(tzinfo=BEIJING)
        yield number, told["kind"], *amounts, *texts, at.astimezone(UTC)


def telling(row: Any) -> tuple[Any, ...]:
    at = row.at if isinstance(row, transaction.TransactionRow) else row.paid_at
    ids = row.own_id, row.scheme_id, row.currency, row.merchant_name
    return row.line, row.kind, row.amount, row.fee, *ids, at


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_the_documented_row_is_read_in_either_encoding_and_line_end(
    encoding: str, end: str
) -> None:
    assert transactions(HEAD, NAMES, ROW, encoding=encoding, end=end) == [
        transaction.TransactionRow(
            line=3,
            own_id="0001",
            scheme_id="201312020445",
            amount=10_000,
            fee=300,
            currency="HKD",
            at=datetime(2013, 12, 2, 2, 45, 42, tzinfo=UTC),
            kind="PAYMENT",
            merchant_name="茶屋",
        )
    ]


def test_the_older_layout_has_eight_columns() -> None:
    names, row = "|".join(transaction.COLUMNS[:8]), "|".join(ROW.split("|")[:8])
    (read,) = transactions(HEAD, names, row)
    assert (read.own_id, read.amount, read.merchant_name) == ("0001", 10_000, "")


def test_the_documented_settlement_row_is_read() -> None:
    (read,) = settlements("|".join(settlement.COLUMNS), SETTLEMENT_ROW)
    assert (read.amount, read.fee, read.net, read.currency) == (36_930, 222, 36_708, "AUD")
    assert (read.kind, read.rate) == ("P", Decimal("5.41940000"))
    assert read.settled_at == datetime(2017, 8, 3, 7, 46, tzinfo=UTC)


def test_a_sign_does_not_count_for_the_type_says_it() -> None:
    back = ROW.replace("PAYMENT", "REFUND")
    (read,) = transactions(HEAD, NAMES, back.replace("|100|3|", "|-100.00|-3.00|"))
    assert (read.amount, read.fee) == (10_000, 300)


@pytest.mark.parametrize("cells", ["|-100|3|", "|100|-3|"])
def test_a_payment_below_zero_is_refused(cells: str) -> None:
    with pytest.raises(FileRefused, match="a payment below zero"):
        transactions(HEAD, NAMES, ROW.replace("|100|3|", cells))


def test_yen_have_no_decimals() -> None:
    (read,) = transactions(HEAD, NAMES, ROW.replace("HKD", "JPY"))
    assert (read.amount, read.fee) == (100, 3)


def test_an_empty_file_is_a_day_without_rows() -> None:
    assert transactions() == []
    assert settlements() == []


@pytest.mark.parametrize(
    ("old", "new", "line", "column"),
    [
        (f"Partner:{PARTNER}", "Partner:2088000000000002", 1, "Partner"),
        ("time: 2013-12-02|", "time: 2013-12-03|", 1, "Payment_time"),
        ("count:1", "count:2", 1, "Total_count"),
        ("Partner:", "Owner:", 1, ""),
        ("Transaction_id|Transaction_amount", "Id|Transaction_amount", 2, "Transaction_id"),
        ("|Trans_forex_rate", "", 2, "Trans_forex_rate"),
        ("|0.031", "", 3, ""),
        ("|0.031", "|0.031|1", 3, ""),
        ("0001|2013", "|2013", 3, "Partner_transaction_id"),
        ("|100|3", "|O100|3", 3, "Transaction_amount"),
        ("|100|3", "|1e2|3", 3, "Transaction_amount"),
        ("|100|3", "|100.001|3", 3, "Transaction_amount"),
        ("|100|3", "|100|", 3, "Charge_amount"),
        ("HKD", "HKX", 3, "Currency"),
        ("10:45:42", "25:45:42", 3, "Payment_time"),
        ("-02 10:45", "-03 10:45", 3, "Payment_time"),
        ("|PAYMENT|", "|GIFT|", 3, "Transaction_type"),
    ],
)
def test_a_transaction_file_is_refused_where_it_is_wrong(
    old: str, new: str, line: int, column: str
) -> None:
    whole = f"{HEAD}\n{NAMES}\n{ROW}"
    assert old in whole
    with pytest.raises(FileRefused) as refused:
        transactions(whole.replace(old, new, 1))
    assert (refused.value.line, refused.value.column) == (line, column)


@pytest.mark.parametrize(
    ("old", "new", "line", "column"),
    [
        ("|Rmb_amount|", "|Cny_amount|", 1, "Rmb_amount"),
        ("|367.08|", "|367.09|", 2, "Settlement"),
        ("|2.22|", "|x|", 2, "Fee"),
        ("|5.41940000|", "|-1|", 2, "Rate"),
        ("2017-08-03 15", "2017-08-04 15", 2, "Settlement_time"),
        ("2017-08-02 07", "2017-08-04 07", 2, "Payment_time"),
        ("|P|L|", "|X|L|", 2, "Type"),
        ("|P|L|", "|P|W|", 2, "Status"),
    ],
)
def test_a_settlement_file_is_refused_where_it_is_wrong(
    old: str, new: str, line: int, column: str
) -> None:
    whole = "\n".join(["|".join(settlement.COLUMNS), SETTLEMENT_ROW])
    assert old in whole
    with pytest.raises(FileRefused) as refused:
        settlements(whole.replace(old, new, 1))
    assert (refused.value.line, refused.value.column) == (line, column)


def test_a_refusal_says_where_and_why_in_one_sentence() -> None:
    with pytest.raises(FileRefused, match=r"^line 3, Currency: 'HKX' is no active ISO 4217 code$"):
        transactions(HEAD, NAMES, ROW.replace("HKD", "HKX"))


@pytest.mark.parametrize("pack", [gzip.compress, lambda content: b"PK\x03\x04" + content])
def test_a_packed_file_is_refused_and_says_what_to_do(pack: Callable[[bytes], bytes]) -> None:
    with pytest.raises(FileRefused, match="unpack it first"):
        list(transaction.read(BytesIO(pack(b"Partner:")), partner="2088", day=date(2013, 12, 2)))


def test_bytes_in_no_known_encoding_are_refused_by_their_line() -> None:
    with pytest.raises(FileRefused, match="line 2: neither UTF-8 nor GB18030"):
        list(transaction.read(BytesIO(b"Partner\n\xff\xff\n"), partner=PARTNER, day=DAY))


def test_a_gap_in_the_middle_is_refused() -> None:
    with pytest.raises(FileRefused, match="line 3: empty"):
        transactions(HEAD, NAMES, "", ROW)


def test_a_name_tells_partner_kind_and_day() -> None:
    name = FileName(PARTNER, "settlement", date(2026, 11, 23))
    assert read_name(f"{PARTNER}_settlement_20261123.txt") == name
    assert str(name) == f"{PARTNER}_settlement_20261123.txt"
    for other in (f"{PARTNER}_settlement_20261323.txt", f"{PARTNER}_fptrade_20261123.csv", "../x"):
        assert read_name(other) is None


def test_rows_that_are_read_by_heart_are_the_rows_that_were_read_strictly() -> None:
    """The same cells again, in other rows: each cell is learnt from the first that has it."""
    head = HEAD.replace("count:1", "count:3")
    second = ROW.replace("0001|", "0002|").replace("10:45:42", "10:00:00")
    third = ROW.replace("0001|", "0003|").replace("10:45:42", "11:45:42").replace("100|3", "7.50|0")

    read = transactions(head, NAMES, ROW, second, third)

    assert [(row.own_id, row.amount, row.fee) for row in read] == [
        ("0001", 10_000, 300), ("0002", 10_000, 300), ("0003", 750, 0),
    ]  # fmt: skip
    assert [row.at.strftime("%H:%M:%S") for row in read] == ["02:45:42", "02:00:00", "03:45:42"]


@pytest.mark.parametrize(
    ("old", "new", "column"),
    [
        ("|100|3|", "|1OO.00|3|", "Transaction_amount"),
        ("|100|3|", "|100.0|0.001|", "Charge_amount"),
        ("10:45:42", "10:60:42", "Payment_time"),
        ("10:45:42", "10:4542", "Payment_time"),
        ("0001|", " |", "Partner_transaction_id"),
        ("|PAYMENT|", "|payments|", "Transaction_type"),
    ],
)
def test_what_is_known_by_heart_lets_nothing_wrong_through(old: str, new: str, column: str) -> None:
    head = HEAD.replace("count:1", "count:2")
    with pytest.raises(FileRefused) as refused:
        transactions(head, NAMES, ROW, ROW.replace(old, new, 1))
    assert (refused.value.line, refused.value.column) == (4, column)


@given(st.integers(0, 10**12 - 1), st.sampled_from(["HKD", "JPY", "KWD"]))
def test_the_usual_form_of_an_amount_means_what_the_strict_reading_says(
    minor: int, currency: str
) -> None:
    text = format(Money(minor, currency).to_decimal(), "f")
    assert plain_minor(text, minor_digits(currency)) == minor


@given(st.text("0123456789.+-eE ٣", max_size=9))
def test_any_other_form_is_left_to_the_strict_reading(text: str) -> None:
    try:
        plain = plain_minor(text, 2)
    except KeyError:
        return
    assert plain == Money.from_decimal(text, "HKD").minor


CELLS = {  # column: what may stand in it, most of it in the form of nearly all rows
    0: ["T-1", " T-2 ", "T 3", "T\\4"],
    2: ["120.50", "7", "-3.5", "+0.01", " 9.99"],
    4: ["HKD", "HKD", "JPY", "KWD"],
    5: ["2013-12-02 00:00:00", "2013-12-01 23:59:59", "2013-11-30 08:00:00"],
    6: ["PAYMENT", "refund", "CANCEL"],
    7: ["", "a note\twith a tab"],
    9: ["茶屋", "", " Lotus Tea ", "back\\slash", "a\tb"],
}
ODD_ROWS = st.fixed_dictionaries(
    {column: st.sampled_from(values) for column, values in CELLS.items()}
)


@given(st.lists(ODD_ROWS | st.just({}), min_size=1, max_size=12), st.integers(1, 500))
def test_rows_of_any_form_between_ordinary_ones_are_told_to_the_database_as_they_are_read(
    changes: list[dict[int, str]], piece_characters: int
) -> None:
    lines = []
    for change in changes:
        cells = ROW.split("|")
        for column, value in change.items():
            cells[column] = value
        if cells[4] == "JPY":
            cells[2] = "300"
        if cells[2].startswith("-"):
            cells[6] = "REFUND"  # a payment below zero is refused
        lines.append("|".join(cells))

    with mock.patch.object(piece, "CHARACTERS", piece_characters):
        rows = transactions(HEAD.replace("count:1", f"count:{len(lines)}"), NAMES, *lines)

    assert [row.line for row in rows] == list(range(3, 3 + len(lines)))


def test_the_documented_rows_have_the_form_of_nearly_all() -> None:
    form = transaction._Reader(piece_columns(transaction.COLUMNS), DAY).form(ROW)
    back = ROW.replace("PAYMENT", "REFUND").replace("|100|3|", "|-100|-3|")
    assert form.fits(f"{ROW}\n{back}\n{ROW}\n")
    assert not form.fits(f"{ROW}\n{ROW.replace('PAYMENT', 'GIFT')}\n")
    assert not form.fits(f"{ROW.replace('|100|3|', '|-100|3|')}\n")
    form = settlement._Reader(piece_columns(settlement.COLUMNS), SETTLED).form(SETTLEMENT_ROW)
    assert form.fits(f"{SETTLEMENT_ROW}\n")
    assert not form.fits(f"{SETTLEMENT_ROW.replace('|367.08|', '|367.09|')}\n")


@pytest.mark.parametrize(
    ("lines", "line"),
    [((ROW, "", ROW), 4), ((ROW, "", "", ROW, ""), 4), ((ROW, ROW + "\0"), 4)],
)
@pytest.mark.parametrize("characters", [1, 200, 10_000])
def test_a_gap_or_a_nul_is_refused_wherever_a_piece_ends(
    lines: tuple[str, ...], line: int, characters: int
) -> None:
    with (
        mock.patch.object(piece, "CHARACTERS", characters),
        pytest.raises(FileRefused, match=f"line {line}: empty, or with a NUL"),
    ):
        transactions(HEAD.replace("count:1", "count:2"), NAMES, *lines)


@pytest.mark.parametrize("characters", [1, 200, 10_000])
def test_empty_lines_at_the_end_do_not_count(characters: int) -> None:
    with mock.patch.object(piece, "CHARACTERS", characters):
        assert len(transactions(HEAD, NAMES, ROW, "", "", "")) == 1


@pytest.mark.parametrize("characters", [1, 10_000])
def test_a_line_that_is_too_long_is_refused(characters: int) -> None:
    long = ROW.replace("xxx", "x" * text.LONGEST_LINE)
    with (
        mock.patch.object(piece, "CHARACTERS", characters),
        pytest.raises(FileRefused, match="line 3: longer than 8192 characters"),
    ):
        transactions(HEAD, NAMES, long)


def piece_columns(names: tuple[str, ...]) -> dict[str, int]:
    return {name: index for index, name in enumerate(names)}
