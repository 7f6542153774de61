"""What commands that create something share: errors named after options, and ``--json``."""

import getpass
import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kernel.errors import FieldError, TillgateError
from tenancy.scope import acting

# Fields whose option has another name.
_OPTIONS = {
    "livemode": "--live",
    "primary_url": "--gateway-url",
    "backup_url": "--backup-gateway-url",
    "currencies": "--currency",
    "scopes": "--scope",
    "private_key": "--private-key-file",
    "alipay_public_key": "--alipay-public-key-file",
    "md5_key": "--md5-key-file",
    "payment_timeout_seconds": "--payment-timeout",
    "expires_at": "--expires-in-days",
    "password": "--password-stdin",
}


class OperatorCommand(BaseCommand):
    """A command whose result is a small dictionary; it is done, or CommandError names why not.

    ``run`` does the work; what it returns is printed as lines, or with ``--json`` as one object.
    """

    requires_system_checks: Any = []  # they would take longer than the command's own work

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")
        return parser

    def handle(self, *args: Any, **options: Any) -> None:
        name = type(self).__module__.rpartition(".")[2]
        try:
            with acting(f"command:{name}", origin=getpass.getuser()):
                result = self.run(options)
        except TillgateError as error:
            raise CommandError(describe(error)) from None
        if options["json"]:
            self.stdout.write(json.dumps(result))
            return
        for name, value in result.items():
            self.stdout.write(f"{name}: {value}")

    def run(self, options: dict[str, Any]) -> dict[str, Any]:
        """Do the work; the result is fit for JSON."""
        raise NotImplementedError


def describe(error: TillgateError) -> str:
    """``error`` for a person at a shell, with each faulty field under its option's name."""
    if not error.errors:
        return error.detail
    return "; ".join(map(_describe_fault, error.errors))


def _describe_fault(fault: FieldError) -> str:
    if fault.field == "request":  # of several fields together: the message names them
        return fault.message
    option = _OPTIONS.get(fault.field, "--" + fault.field.replace("_", "-"))
    return f"{option}: {fault.message}"


def add_acquirer_option(parser: ArgumentParser, *, required: bool = True, note: str = "") -> None:
    """``--acquirer``: a slug or an ``acq_…`` id."""
    parser.add_argument(
        "--acquirer",
        required=required,
        metavar="SLUG",
        help=f"Slug or id of the acquirer (harbour-bank, acq_01j…).{note}",
    )
