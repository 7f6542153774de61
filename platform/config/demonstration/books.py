"""The books of the demo's acquirer: opened before its past is played, and a day of them closed."""

from datetime import date, datetime, timedelta
from time import monotonic, sleep

from config.demonstration.commands import run_command
from demo.shop import CURRENCY
from demo.simulator import Simulator
from kernel.errors import Conflict
from merchants.models import BankAccount, Merchant, PartnerAccount
from settlement.fees.prices import read_prices
from settlement.fees.terms import Terms
from settlement.models import Filing, Run
from settlement.services.assign_plan import make_assignment
from settlement.services.fee_plans import create_plan
from settlement.services.make_files import make_due_files
from settlement.services.reconcile_day import reconcile_day
from settlement.services.settle import settle
from settlement.services.sweep_files import fetch_day
from settlement.state import Way
from tenancy.saving import save_checked
from tenancy.scope import acting, tenant_scope

ACTOR = "demo"
_PRICE = "alipay HKD 0.85% + 0.30, min 0.50"
_SCHEME_FEE = "60"  # basis points: the sandbox's contract takes 0.6 %
_PATIENCE_SECONDS = 30.0
_PAUSE_SECONDS = 0.5


def open_books(merchant: Merchant, *, first_day: date, at: datetime) -> None:
    """A fee plan from ``first_day`` on, and an account to be paid out to.

    In the acquirer's scope, under a clock that says ``at``.
    """
    plan = create_plan(
        merchant.acquirer, "Small shops",
        Terms(starts_on=first_day, prices=read_prices(_PRICE)), made_by=ACTOR,
    ).plan  # fmt: skip
    make_assignment(merchant, plan, first_day, made_by=ACTOR)
    save_checked(
        BankAccount(
            acquirer_id=merchant.acquirer_id, merchant=merchant, currency=CURRENCY,
            holder=merchant.legal_name, country="HK", bank_code="004",
            account_number="012345678901", account_tail="8901", set_by=ACTOR, set_at=at,
        )
    )  # fmt: skip


def say_where_files_lie(merchant: Merchant, simulator: Simulator, password_file: str) -> None:
    """The scheme's contract and its SFTP server, its host key pinned."""
    slug, server = merchant.acquirer.slug, simulator.file_server()
    run_command("scheme_contract", acquirer=slug, fee_basis_points=_SCHEME_FEE)
    run_command(
        "set_file_place", acquirer=slug, host="127.0.0.1", port=str(server["port"]),
        host_key=server["host_key"], folder=server["folder"], password_file=password_file,
    )  # fmt: skip


def settle_days(merchant: Merchant, first: date, last: date) -> None:
    """Settle each day and write its files. What beat has settled already stays so.

    A worker that has one of the files in hand is waited for, at most ``_PATIENCE_SECONDS``.
    """
    day = first
    while day <= last:
        settle(merchant.acquirer, day, livemode=False)
        day += timedelta(days=1)
    until = monotonic() + _PATIENCE_SECONDS
    make_due_files()
    while _is_owed_files(merchant) and monotonic() < until:
        sleep(_PAUSE_SECONDS)
        make_due_files()


def _is_owed_files(merchant: Merchant) -> bool:
    with tenant_scope(merchant.acquirer_id):
        return Filing.objects.filter(merchant=merchant, due_at__isnull=False).exists()


def reconcile(merchant: Merchant, day: date) -> Run:
    """Fetch the day's files over SFTP and compare; a worker that is at it is waited for.

    The run of our books against the transaction file. Raises Conflict where a worker is at it for
    longer than ``_PATIENCE_SECONDS``.
    """
    until = monotonic() + _PATIENCE_SECONDS
    with tenant_scope(merchant.acquirer_id), acting(ACTOR):
        account = PartnerAccount.objects.get(livemode=False, is_active=True)
        while True:
            try:
                fetch_day(account, day, lambda read: None)
                reconcile_day(account, day)
                return Run.objects.get(
                    partner_account=account, way=Way.TRANSACTIONS, business_date=day
                )
            except (Conflict, Run.DoesNotExist):
                if monotonic() > until:
                    raise
            sleep(_PAUSE_SECONDS)
