"""manage.py learn_rules: what a merchant's customers buy together, learnt now."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from loyalty.basket_state import RuleSetStatus
from loyalty.services.learn import ask_rules, learn_rules
from merchants.management.references import read_merchant
from tenancy.management.base import OperatorCommand, add_acquirer_option
from tenancy.scope import tenant_scope


class Command(OperatorCommand):
    help = "Learn a merchant's rules now instead of tonight, and let tills recommend by them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--merchant", required=True, metavar="ID", help="mer_…, or Alipay's id")
        add_acquirer_option(parser, required=False, note=" Needed with Alipay's id.")
        parser.add_argument("--live", action="store_true", help="Of live mode; else of test.")

    def run(self, options: dict[str, Any]) -> dict[str, Any]:
        merchant = read_merchant(options["merchant"], options["acquirer"])
        with tenant_scope(merchant.acquirer_id):
            row = ask_rules(merchant, livemode=options["live"])
            learn_rules(row.id, acquirer_id=row.acquirer_id)
            row.refresh_from_db()
        if row.failure:
            raise CommandError(row.failure)
        if row.status == RuleSetStatus.COMPUTING:
            raise CommandError("A worker is learning them at this moment.")
        return {
            "object": "rule_set",
            "id": row.public_id,
            "baskets": row.basket_count,
            "products": row.product_count,
            "minimum_count": row.minimum_count,
            "rules": row.rule_count,
        }
