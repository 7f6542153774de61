"""manage.py create_merchant: a seller below an acquirer."""

from argparse import ArgumentParser
from typing import Any

from merchants.onboarding import Step
from merchants.services import create_merchant
from merchants.services.move_merchant import move_merchant
from tenancy.management.base import OperatorCommand, add_acquirer_option
from tenancy.management.references import read_acquirer
from tenancy.scope import tenant_scope

_WHY = "Taken on by an operator's command, without submission and approval."


class Command(OperatorCommand):
    help = (
        "Create a merchant, which Alipay knows as a secondary merchant, and take it on at once; "
        "or with --draft leave it to be submitted and approved."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_acquirer_option(parser)
        parser.add_argument("--legal-name", required=True)
        parser.add_argument(
            "--display-name", required=True, help="What the customer reads on the statement."
        )
        parser.add_argument(
            "--mcc", required=True, help="Merchant category code, four digits (ISO 18245): 5812."
        )
        parser.add_argument("--country", required=True, help="ISO 3166, two capitals: HK.")
        parser.add_argument(
            "--scheme-merchant-id", required=True, help="Its id as registered with Alipay: M0001."
        )
        parser.add_argument(
            "--draft", action="store_true", help="Leave it to the console to submit and approve it."
        )
        parser.add_argument(
            "--payment-timeout",
            type=int,
            default=30,
            metavar="SECONDS",
            help="An unanswered payment is cancelled after these, 10 to 180 (%(default)s).",
        )

    def run(self, options: dict[str, Any]) -> dict[str, Any]:
        acquirer = read_acquirer(options["acquirer"])
        with tenant_scope(acquirer.id):
            merchant = create_merchant(
                acquirer=acquirer,
                legal_name=options["legal_name"],
                display_name=options["display_name"],
                mcc=options["mcc"],
                country=options["country"],
                scheme_merchant_id=options["scheme_merchant_id"],
                payment_timeout_seconds=options["payment_timeout"],
            )
            if not options["draft"]:
                merchant = move_merchant(
                    merchant.id, Step.TAKE_ON, actor="command:create_merchant", reason=_WHY
                )
        return {
            "object": "merchant",
            "id": merchant.public_id,
            "acquirer": acquirer.public_id,
            "scheme_merchant_id": merchant.scheme_merchant_id,
            "status": merchant.status,
        }
