"""manage.py create_staff: a person who may sign in to the admin."""

import secrets
import sys
from argparse import ArgumentParser
from typing import Any

from tenancy.management.base import OperatorCommand, add_acquirer_option
from tenancy.management.references import read_acquirer
from tenancy.roles import Role
from tenancy.services import create_staff

_LONGEST_PASSWORD = 1024  # characters read from standard input
_NEW_PASSWORD_BYTES = 15  # 20 characters, 120 bits


class Command(OperatorCommand):
    help = (
        "Create a member of staff: of an acquirer, or with --role operator of the platform. "
        "Without --password-stdin a password is made and printed, once."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_acquirer_option(parser, required=False, note=" Leave out for the operator.")
        parser.add_argument("--email", required=True, help="What the person signs in with.")
        parser.add_argument("--name", required=True)
        parser.add_argument("--role", required=True, choices=Role.values)
        parser.add_argument(
            "--password-stdin", action="store_true", help="Read the password's line from stdin."
        )

    def run(self, options: dict[str, Any]) -> dict[str, Any]:
        is_given = options["password_stdin"]
        password = _read_line() if is_given else secrets.token_urlsafe(_NEW_PASSWORD_BYTES)
        reference = options["acquirer"]
        staff = create_staff(
            email=options["email"],
            name=options["name"],
            role=options["role"],
            acquirer=None if reference is None else read_acquirer(reference),
            password=password,
        )
        made = {"object": "staff", "id": staff.pk, "email": staff.email, "role": staff.role}
        return made if is_given else made | {"password": password}


def _read_line() -> str:
    return sys.stdin.readline(_LONGEST_PASSWORD).rstrip("\r\n")
