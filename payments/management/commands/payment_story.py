"""Prints one payment's story: each attempt, answer, notification, transition, break and event."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kernel.clock import show_time
from kernel.ids import InvalidId
from payments import timeline
from payments.models import Payment
from payments.presentation import show_moment
from tenancy.scope import platform_scope

_NAMES = ("partner_trans_id", "scheme_transaction_id", "merchant_reference")
_FOUND_LIMIT = 20


class Command(BaseCommand):
    help = "Print a payment's whole story, oldest first."
    requires_system_checks: Any = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "payment",
            metavar="ID",
            help="pay_… id, partner_trans_id, Alipay's transaction id or merchant_reference.",
        )
        parser.add_argument(
            "--evidence", action="store_true", help="Also the masked requests and answers."
        )
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")

    def handle(self, *args: Any, **options: Any) -> None:
        with platform_scope():
            payment = _find(options["payment"])
            summary, moments = timeline.summarize(payment), timeline.tell(payment)
        if options["json"]:
            shown = [
                show_moment(each) | ({"evidence": each.evidence} if options["evidence"] else {})
                for each in moments
            ]
            self.stdout.write(json.dumps({"summary": summary, "data": shown}, ensure_ascii=False))
            return
        self.stdout.write(summary)
        for each in moments:
            at = show_time(each.at)
            self.stdout.write(f"{at}  {each.kind:<12} {each.actor:<14} {each.text}")
            if options["evidence"]:
                for name, value in (each.details | each.evidence).items():
                    self.stdout.write(f"{'':26}{name}: {value}")


def _find(reference: str) -> Payment:
    rows = Payment.objects.select_related("acquirer", "merchant")
    try:
        found = list(rows.filter(id=Payment.public_id_to_uuid(reference)))
    except InvalidId:
        found = []
        for name in _NAMES:
            found = found or list(rows.filter(**{name: reference})[:_FOUND_LIMIT])
    if not found:
        raise CommandError(f"There is no payment {reference!r}.")
    if len(found) > 1:
        ids = ", ".join(f"{each.public_id} ({each.merchant})" for each in found)
        raise CommandError(f"{reference!r} names several payments; choose one: {ids}")
    return found[0]
