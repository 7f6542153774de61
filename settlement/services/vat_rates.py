"""Rates of VAT on fees: appended, and from tomorrow at the earliest once a country has one."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from kernel import clock
from settlement.fees.terms import first_instant, today_in
from settlement.models import VatRate
from settlement.state import VatTreatment
from tenancy.models import Acquirer
from tenancy.saving import faulty, save_checked
from tenancy.scope import tenant_scope


@dataclass(frozen=True, slots=True)
class Rate:
    """What merchants registered in ``country`` pay on fees; basis points, from a day on."""

    country: str
    basis_points: Decimal
    starts_on: date
    treatment: VatTreatment = VatTreatment.TAXED
    note: str = ""


def add_vat_rate(acquirer: Acquirer, rate: Rate, *, made_by: str) -> VatRate:
    """Append the rate; raises Rejected naming the faulty field."""
    with tenant_scope(acquirer.id):
        check_vat_rate(acquirer, rate)
        zone = acquirer.time_zone
        row = VatRate(
            acquirer=acquirer,
            country=rate.country,
            basis_points=rate.basis_points,
            treatment=rate.treatment,
            note=rate.note,
            starts_on=rate.starts_on,
            zone=zone,
            starts_at=first_instant(rate.starts_on, zone),
            made_by=made_by,
        )
        save_checked(row)
        return row


def check_vat_rate(acquirer: Acquirer, rate: Rate) -> None:
    """Raises Rejected for a rate that would touch the past, or taxes what is not taxed."""
    if rate.treatment != VatTreatment.TAXED and rate.basis_points:
        raise faulty("basis_points", "What is not taxed has a rate of 0.")
    tomorrow = today_in(acquirer.time_zone, clock.now()) + timedelta(days=1)
    has_one = VatRate.objects.filter(acquirer=acquirer, country=rate.country).exists()
    if has_one and rate.starts_on < tomorrow:
        raise faulty("starts_on", f"Not before {tomorrow}: what was charged stays.")
