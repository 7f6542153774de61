"""manage.py test_connection: does the acquirer's partner account work?"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from merchants.models import PartnerAccount
from merchants.services.check_connection import check_connection
from tenancy.management.base import OperatorCommand, add_acquirer_option
from tenancy.management.references import read_acquirer
from tenancy.scope import tenant_scope


class Command(OperatorCommand):
    help = (
        "Make one harmless signed call to each address of the active partner account, and say what "
        "it shows and what to do. Fails unless every address is good."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_acquirer_option(parser)
        parser.add_argument("--live", action="store_true", help="The live account; else test.")

    def run(self, options: dict[str, Any]) -> dict[str, Any]:
        acquirer = read_acquirer(options["acquirer"])
        with tenant_scope(acquirer.id):
            account = PartnerAccount.objects.filter(
                acquirer=acquirer, livemode=options["live"], is_active=True
            ).first()
            if account is None:
                mode = "live" if options["live"] else "test"
                raise CommandError(f"{acquirer} has no active partner account for {mode} mode.")
            findings = check_connection(account)
        if faults := [each for each in findings if not each.is_good]:
            raise CommandError("\n".join(f"{it.address}: {it.text} {it.advice}" for it in faults))
        return {each.address: each.text for each in findings}
