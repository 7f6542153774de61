"""manage.py roll_api_key: a new key for an old one, which goes on for a while."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from merchants.management.references import read_api_key
from merchants.services import roll_api_key
from tenancy.management.base import OperatorCommand
from tenancy.scope import tenant_scope


class Command(OperatorCommand):
    help = "Issue a key with the same rights and print it once; the old one ends after a while."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--key", required=True, help="Its key_… id (not the key itself).")
        parser.add_argument(
            "--overlap-hours",
            type=int,
            default=24,
            help="How long the old key goes on, up to 2160; 0: it ends now. Default: 24.",
        )

    def run(self, options: dict[str, Any]) -> dict[str, Any]:
        old = read_api_key(options["key"])
        overlap = timedelta(hours=options["overlap_hours"])
        with tenant_scope(old.acquirer_id):
            new, text = roll_api_key(old, overlap=overlap)
        assert old.expires_at is not None  # noqa: S101 - the service has just set it
        return {
            "object": "api_key",
            "id": new.public_id,
            "replaces": old.public_id,
            "old_key_expires_at": old.expires_at.isoformat(timespec="seconds"),
            "expires_at": new.expires_at and new.expires_at.isoformat(timespec="seconds"),
            "key": text,
        }
