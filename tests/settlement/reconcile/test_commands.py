"""``manage.py reconcile`` and ``manage.py scheme_contract``."""

from datetime import timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from settlement.models import Break, SchemeContract, SchemeFile
from settlement.services.take_file import line_of, open_file
from tenancy.scope import tenant_scope
from tests.people import Person
from tests.settlement.reconcile.conftest import DAY, NOON, Books

pytestmark = pytest.mark.django_db
NEXT = DAY + timedelta(days=1)


def told(books: Books, *options: str, day: str = "2026-11-18") -> dict[str, str]:
    out = StringIO()
    slug = books.person.acquirer.slug
    call_command(
        "reconcile", "--acquirer", slug, "--date", day, *options, stdout=out, stderr=StringIO()
    )
    return dict(line.split(": ", 1) for line in out.getvalue().splitlines())


def on_disk(books: Books, file: SchemeFile, folder: Path) -> str:
    """The file again, under its own name, where an operator keeps it."""
    with tenant_scope(books.person.acquirer.id), open_file(file) as stored:
        path = folder / file.name
        path.write_bytes(stored.read())
    return str(path)


def test_a_file_is_taken_and_its_day_compared_and_again_nothing_changes(
    books: Books, outsider: Person, tmp_path: Path
) -> None:
    sale, lost = books.pay(12_050), books.pay(700)
    Books(outsider).pay(999)
    path = on_disk(books, books.transactions(books.row(sale, fee=73)), tmp_path)

    first = told(books, "--file", path)
    second = told(books, "--file", path)

    assert (first["files"], first["runs"], first["rows"], first["opened"]) == ("1", "1", "1", "2")
    assert (second["opened"], second["mended"]) == ("0", "0")
    assert books.breaks() == [
        ("fee", f"PAYMENT {sale.partner_trans_id}", 1),
        ("missing_at_them", f"PAYMENT {lost.partner_trans_id}", 700),
    ]


def test_the_next_day_explains_what_was_missing(books: Books) -> None:
    late, sale = books.pay(700), books.pay(100, at=NOON + timedelta(days=1))
    books.transactions()
    assert told(books)["opened"] == "1"
    books.transactions(books.row(late), books.row(sale), day=NEXT)

    said = told(books, day="2026-11-19")

    assert (said["runs"], said["mended"]) == ("2", "1")
    assert books.breaks() == []


def test_a_refused_file_and_a_strangers_name_say_where_and_why(
    books: Books, tmp_path: Path
) -> None:
    partner = books.person.partner_account.partner_id
    bad = tmp_path / f"{partner}_transaction_20261118.txt"
    bad.write_text(f"Partner:{partner}|Payment_time: 2026-11-18|Total_count:0\nx\n")
    with pytest.raises(
        CommandError, match="is refused: line 2, Partner_transaction_id: the column"
    ):
        told(books, "--file", str(bad))
    stranger = tmp_path / "2088999999999999_transaction_20261118.txt"
    stranger.write_text("")
    with pytest.raises(CommandError, match="partner 2088999999999999's"):
        told(books, "--file", str(stranger))
    with pytest.raises(CommandError, match="No such file"):
        told(books, "--file", str(tmp_path / "none.txt"))
    with tenant_scope(books.person.acquirer.id):
        assert (SchemeFile.objects.count(), Break.objects.count()) == (1, 0)


def test_a_line_is_shown_as_it_came(books: Books) -> None:
    file = books.transactions(books.row(books.pay(12_050)))
    with tenant_scope(books.person.acquirer.id):
        assert line_of(file, 1).startswith("Partner:")
        assert "|120.50|0.72|HKD|" in line_of(file, 3)
        assert line_of(file, 4) == ""


def test_the_contracts_fee_is_kept_and_changed(acme: Person, outsider: Person) -> None:
    for options in (["--fee-basis-points", "60"], ["--fee-basis-points", "55.5", "--keeps-fee"]):
        call_command(
            "scheme_contract", "--acquirer", acme.acquirer.slug, *options, stdout=StringIO()
        )
    with tenant_scope(acme.acquirer.id):
        row = SchemeContract.objects.get()
        assert (row.fee_basis_points, row.returns_fee) == (Decimal("55.500"), False)
    with tenant_scope(outsider.acquirer.id):
        assert not SchemeContract.objects.exists()
    with pytest.raises(CommandError, match="'x' is no number"):
        call_command("scheme_contract", "--acquirer", acme.acquirer.slug, "--fee-basis-points", "x")
