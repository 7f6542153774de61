"""A day of payments, and the scheme's files of it, written as a test says."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from kernel import ids
from kernel.clock import ManualClock, using_clock
from kernel.money import Money
from payments.models import Payment, Refund
from settlement.models import Break, SchemeContract, SchemeFile
from settlement.scheme_files import settlement, transaction
from settlement.services.reconcile import Reconciled, reconcile
from settlement.services.take_file import take_file
from settlement.state import Way
from tenancy.scope import tenant_scope
from tests.people import Person
from tests.storing import keep_in

DAY = date(2026, 11, 18)
NOON = datetime(2026, 11, 18, 4, tzinfo=UTC)  # in Beijing
SETTLED = date(2026, 11, 19)


@pytest.fixture(autouse=True)
def clock() -> Iterator[ManualClock]:
    manual = ManualClock(datetime(2026, 11, 19, 2, tzinfo=UTC))
    with using_clock(manual):
        yield manual


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, settings: Settings) -> None:
    keep_in(tmp_path, settings, "scheme_files")


class Books:
    """One acquirer's payments, and what the scheme says of them. Amounts are minor units of HKD."""

    def __init__(self, person: Person) -> None:
        self.person, self._count = person, 0
        with tenant_scope(person.acquirer.id):
            SchemeContract.objects.create(
                acquirer=person.acquirer,
                partner_account=person.partner_account,
                fee_basis_points=60,
            )

    def pay(self, minor: int, *, at: datetime = NOON, status: str = "succeeded") -> Payment:
        """A payment that ended at ``at``."""
        self._count += 1
        person = self.person
        with using_clock(ManualClock(at)), tenant_scope(person.acquirer.id):
            payment_id = ids.new_uuid()
            payment = Payment(
                id=payment_id,
                acquirer=person.acquirer,
                merchant=person.merchant,
                store=person.store,
                partner_account=person.partner_account,
                livemode=person.partner_account.livemode,
                scheme="alipay",
                status=status,
                amount_minor=minor,
                currency="HKD",
                merchant_reference=f"R-{self._count}",
                payment_code_masked="2880••••••••••••34",
                payment_code_digest=b"\x07" * 32,
                partner_trans_id=ids.encode("pay", payment_id).replace("_", ""),
                expires_at=at + timedelta(seconds=30),
                completed_at=at,
            )
            payment.save(force_insert=True)
        return payment

    def refund(self, payment: Payment, minor: int, *, at: datetime = NOON) -> Refund:
        """A refund that succeeded at ``at``."""
        with using_clock(ManualClock(at)), tenant_scope(self.person.acquirer.id):
            refund_id = ids.new_uuid()
            return Refund.objects.create(
                id=refund_id,
                acquirer=self.person.acquirer,
                merchant=self.person.merchant,
                payment=payment,
                livemode=payment.livemode,
                status="succeeded",
                amount_minor=minor,
                currency="HKD",
                partner_refund_id=ids.encode("rfd", refund_id).replace("_", ""),
                completed_at=at,
            )

    def save(self, row: Payment) -> None:
        with tenant_scope(self.person.acquirer.id):
            row.save()

    def reload(self, row: Any) -> Any:
        """As it stands in the table now."""
        with tenant_scope(self.person.acquirer.id):
            row.refresh_from_db()
        return row

    def row(self, of: Payment | Refund, kind: str | None = None, **changes: Any) -> dict[str, Any]:
        """What the scheme's transaction file says of it, with ``changes``."""
        payment = of if isinstance(of, Payment) else of.payment
        own_id = of.partner_trans_id if isinstance(of, Payment) else of.partner_refund_id
        assert of.completed_at is not None
        return {
            "own_id": own_id,
            "scheme_id": f"2026{payment.merchant_reference}",
            "amount": of.amount_minor,
            "fee": (of.amount_minor * 60 + 5000) // 10_000,
            "currency": "HKD",
            "at": of.completed_at,
            "kind": kind or ("PAYMENT" if isinstance(of, Payment) else "REFUND"),
            "merchant": self.person.merchant.display_name,
        } | changes

    def transaction_file(self, *rows: dict[str, Any], day: date = DAY) -> tuple[str, bytes]:
        """Name and bytes of the scheme's transaction file of ``day``; nobody has taken it."""
        partner = self.person.partner_account.partner_id
        head = f"Partner:{partner}|Payment_time: {day}|Total_count:{len(rows)}"
        lines = [head, "|".join(transaction.COLUMNS), *map(_transaction_line, rows)]
        return f"{partner}_transaction_{day:%Y%m%d}.txt", _bytes_of(lines)

    def transactions(self, *rows: dict[str, Any], day: date = DAY) -> SchemeFile:
        """The scheme's transaction file of ``day`` comes."""
        return self.take_bytes(*self.transaction_file(*rows, day=day))

    def settlements(self, *rows: dict[str, Any], day: date = SETTLED) -> SchemeFile:
        """The scheme's settlement file of ``day`` comes."""
        lines = ["|".join(settlement.COLUMNS), *(_settlement_line(row, day) for row in rows)]
        partner = self.person.partner_account.partner_id
        return self.take(f"{partner}_settlement_{day:%Y%m%d}.txt", lines)

    def take(self, name: str, lines: list[str]) -> SchemeFile:
        """Any file comes."""
        return self.take_bytes(name, _bytes_of(lines))

    def take_bytes(self, name: str, content: bytes) -> SchemeFile:
        """Bytes of any kind come as a file."""
        with tenant_scope(self.person.acquirer.id):
            return take_file(
                self.person.partner_account, name, BytesIO(content), source="upload", actor="test"
            )

    def compare(self, way: Way = Way.TRANSACTIONS, day: date = DAY) -> Reconciled:
        with tenant_scope(self.person.acquirer.id):
            return reconcile(self.person.partner_account, way, day)

    def breaks(self, state: str = "open") -> list[tuple[str, str, int]]:
        """Kind, what it is about, and the amount at risk."""
        with tenant_scope(self.person.acquirer.id):
            rows = Break.objects.filter(state=state).order_by("kind", "about")
            return [(row.kind, row.about, row.amount_at_risk) for row in rows]


def _bytes_of(lines: list[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


def _decimal(minor: int, currency: str) -> str:
    return format(Money(minor, currency).to_decimal(), "f")


def _in_rmb(minor: int, currency: str, rate: str) -> Decimal:
    worth = Money(minor, currency).to_decimal() * Decimal(rate or 0)
    return worth.quantize(Decimal("0.01"), ROUND_HALF_UP)


def _beijing(moment: datetime) -> str:
    return f"{moment + timedelta(hours=8):%Y-%m-%d %H:%M:%S}"


def _transaction_line(row: dict[str, Any]) -> str:
    amount, fee = (_decimal(row[name], row["currency"]) for name in ("amount", "fee"))
    return (
        f"{row['own_id']}|{row['scheme_id']}|{amount}|{fee}|{row['currency']}|{_beijing(row['at'])}"
        f"|{row['kind']}||5812|{row['merchant']}|till|paymentQrCode|{row['currency']}|{amount}|1"
    )


def _settlement_line(row: dict[str, Any], day: date) -> str:
    """A row of a transaction file as the settlement file has it (reference §6.3)."""
    kind = "P" if row["kind"] == "PAYMENT" else "R"
    is_cancelled = row["kind"] == "CANCEL" or row.get("is_cancelled")
    own_id = row["scheme_id"] if is_cancelled else row["own_id"]
    currency = row["currency"]
    amount, fee, net = (
        _decimal(minor, currency)
        for minor in (row["amount"], row["fee"], row["amount"] - row["fee"])
    )
    rate = str(row.get("rate", "1.00000000"))
    rmb, rmb_fee = (_in_rmb(row[name], currency, rate) for name in ("amount", "fee"))
    rmb, rmb_net = row.get("rmb", f"{rmb:f}"), row.get("rmb_settlement", f"{rmb - rmb_fee:f}")
    return (
        f"{own_id}|{row['scheme_id']}|{amount}|{rmb}|{fee}|{net}|{rmb_net}|{currency}|{rate}"
        f"|{_beijing(row['at'])}|{day} 15:46:00|{kind}|L||5812|{row['merchant']}|till|paymentQrCode"
        f"|{currency}|{amount}|1"
    )


@pytest.fixture
def books(acme: Person) -> Books:
    return Books(acme)
