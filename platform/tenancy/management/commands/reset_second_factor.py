"""manage.py reset_second_factor: for the one who lost the phone and the recovery codes."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from tenancy.management.base import OperatorCommand
from tenancy.models import Staff
from tenancy.signin.people import reset_factors


class Command(OperatorCommand):
    help = (
        "Take away a person's second factor and sign them out everywhere; they set up a new one "
        "when they sign in next. Be sure that it is this person who asks."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--email", required=True, help="What the person signs in with.")

    def run(self, options: dict[str, Any]) -> dict[str, Any]:
        staff = Staff.objects.filter(email=options["email"].strip().lower()).first()
        if staff is None:
            raise CommandError("--email: There is no such person.")
        reset_factors(staff, by=None)
        return {"object": "staff", "id": staff.pk, "email": staff.email, "second_factor": "none"}
