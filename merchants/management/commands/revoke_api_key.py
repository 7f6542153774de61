"""manage.py revoke_api_key: refuse a key from now on."""

from argparse import ArgumentParser
from typing import Any

from merchants.management.references import read_api_key
from merchants.services import revoke_api_key
from tenancy.management.base import OperatorCommand
from tenancy.scope import tenant_scope


class Command(OperatorCommand):
    help = "Revoke an API key, for ever and at once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--key", required=True, help="Its key_… id (not the key itself).")

    def run(self, options: dict[str, Any]) -> dict[str, Any]:
        key = read_api_key(options["key"])
        with tenant_scope(key.acquirer_id):
            revoke_api_key(key)
        assert key.revoked_at is not None  # noqa: S101 - the service has just set it
        return {
            "object": "api_key",
            "id": key.public_id,
            "revoked_at": key.revoked_at.isoformat(timespec="seconds"),
        }
