"""``manage.py scheme_contract``: write down what the contract says of the scheme's fee."""

from argparse import ArgumentParser
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.management.base import CommandError

from merchants.management.references import read_partner_account
from settlement.models import SchemeContract
from tenancy.management.base import OperatorCommand, add_acquirer_option
from tenancy.management.references import read_acquirer
from tenancy.saving import save_checked
from tenancy.scope import tenant_scope


class Command(OperatorCommand):
    help = "Keep the scheme's fee by contract: from then on reconciliation compares it row by row."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_acquirer_option(parser)
        parser.add_argument("--live", action="store_true", help="Live money; test money if absent.")
        parser.add_argument("--fee-basis-points", required=True, help="60 is 0.6 %%.")
        parser.add_argument(
            "--keeps-fee",
            action="store_true",
            help="A refund gives no fee back; it does if absent.",
        )

    def run(self, options: dict[str, Any]) -> dict[str, Any]:
        acquirer = read_acquirer(options["acquirer"])
        try:
            fee = Decimal(options["fee_basis_points"])
        except InvalidOperation:
            raise CommandError(f"{options['fee_basis_points']!r} is no number.") from None
        with tenant_scope(acquirer.id):
            account = read_partner_account(acquirer, livemode=options["live"])
            row = SchemeContract.objects.filter(partner_account=account).first()
            row = row or SchemeContract(acquirer=acquirer, partner_account=account)
            row.fee_basis_points, row.returns_fee = fee, not options["keeps_fee"]
            save_checked(row)
        return {
            "object": "scheme_contract",
            "partner_id": account.partner_id,
            "fee_basis_points": str(fee),
            "returns_fee": row.returns_fee,
        }
