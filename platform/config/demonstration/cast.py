"""An acquirer, two merchants and their keys, made by the operator's commands for one play.

``python -m config.demonstration.cast COUNT SANDBOX_URL BACKUP_URL`` prints that many as a JSON
list, keys and passwords included: its only reader is the process that started it.
"""

import json
import secrets
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from demo.simulator import register_partner

CURRENCY = "HKD"
_WORKER_SECONDS = 180.0
_WORKERS = {"worker", "webhooks"}


class WorkerMissing(RuntimeError):
    """No worker takes tasks, so nobody would drive a payment in doubt."""


def main(count: str, sandbox_url: str, backup_url: str) -> int:
    """Make ``count`` casts; nothing is left over from an earlier play, so none meets another."""
    import django

    django.setup()
    await_worker()
    casts = [
        make_cast(sandbox_url, backup_url, run=secrets.token_hex(4)) for _ in range(int(count))
    ]
    print(json.dumps(casts))
    return 0


def await_worker() -> None:
    """Come back when both workers take tasks: the supervisor knows only that they live.

    Raises WorkerMissing after ``_WORKER_SECONDS``.
    """
    from config.celery import app

    deadline = time.monotonic() + _WORKER_SECONDS
    while time.monotonic() < deadline:
        found = app.control.ping(timeout=1.0, limit=len(_WORKERS)) or []
        if {name.partition("@")[0] for answer in found for name in answer} >= _WORKERS:
            return
    raise WorkerMissing(f"not both workers answered within {_WORKER_SECONDS:g} s")


def make_cast(sandbox_url: str, backup_url: str, *, run: str) -> dict[str, Any]:
    """Ids, keys, the sign-ins of owner and finance. ``run`` makes names and references unique."""
    from config.demonstration.commands import run_command

    slug = f"demo-{run}"
    run_command("create_acquirer", name=f"Demo Bank {run}", slug=slug, country="HK")
    owner = run_command(
        "create_staff", acquirer=slug, email=f"owner@{slug}.example", name="Owner", role="owner"
    )
    finance = run_command(
        "create_staff", acquirer=slug, email=f"finance@{slug}.example", name="Finance",
        role="finance",
    )  # fmt: skip
    partner_id = _open_partner_account(sandbox_url, backup_url, slug)
    shop = _make_merchant(slug, "Lotus Tea House", "M0001")
    rival = _make_merchant(slug, "Harbour Noodles", "M0002")
    return {
        "run": run,
        "partner_id": partner_id,
        "store": shop["store"],
        "terminal": shop["terminal"],
        "scheme_store_id": shop["scheme_store_id"],
        "scheme_merchant_id": shop["scheme_merchant_id"],
        "api_key": shop["key"],
        "rival_api_key": rival["key"],
        "email": owner["email"],
        "password": owner["password"],
        "second_email": finance["email"],
        "second_password": finance["password"],
    }


def _open_partner_account(sandbox_url: str, backup_url: str, slug: str) -> str:
    """Both sides of the account: ours with a key pair made here, and Alipay's at the simulator."""
    from config.demonstration.commands import run_command

    partner_id = f"2088{secrets.randbelow(10**12):012}"
    account = run_command(
        "create_partner_account",
        acquirer=slug,
        partner_id=partner_id,
        currency=CURRENCY,
        gateway_url=f"{sandbox_url}/gateway.do",
        backup_gateway_url=f"{backup_url}/backup/gateway.do",
    )
    alipays = register_partner(sandbox_url, partner_id, account["public_key"])
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "alipay.pem"
        file.write_text(alipays)
        run_command("set_alipay_key", acquirer=slug, alipay_public_key_file=str(file))
    return partner_id


def _make_merchant(slug: str, name: str, scheme_merchant_id: str) -> dict[str, Any]:
    """A merchant with one store, one terminal and one test key."""
    from config.demonstration.commands import run_command

    merchant = run_command(
        "create_merchant",
        acquirer=slug,
        legal_name=f"{name} Limited",
        display_name=name,
        mcc="5812",
        country="HK",
        scheme_merchant_id=scheme_merchant_id,
    )
    store = run_command(
        "create_store", merchant=merchant["id"], name=f"{name} Central", scheme_store_id="S001"
    )
    terminal = run_command(
        "create_terminal", store=store["id"], name="Till 1", scheme_terminal_id="T01"
    )
    key = run_command("create_api_key", merchant=merchant["id"], label="Till 1")
    return {
        "store": store["id"],
        "terminal": terminal["id"],
        "scheme_store_id": store["scheme_store_id"],
        "scheme_merchant_id": merchant["scheme_merchant_id"],
        "key": key["key"],
    }


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
