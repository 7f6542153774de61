"""How money moves in the demo: payouts go to its bank in a file, and its statement comes back.

Each act is done once: a second play of the same past finds what is there.
"""

from datetime import date
from time import monotonic, sleep

from config.demonstration.books import ACTOR
from demo.bank import Day, Movement, pay, write_statements
from demo.shop import CURRENCY
from demo.simulator import Simulator
from kernel import clock
from merchants.models import Merchant
from merchants.services.bank_accounts import BankDetails
from proposals.models import Proposal
from proposals.services.decide import approve
from proposals.state import Status
from settlement.models import BankEntry, BankFile, Export, Journal, PayingAccount, PaymentFile
from settlement.services.ask_export import ask_export
from settlement.services.explain_entry import Said, explain
from settlement.services.make_journal import make_journal
from settlement.services.paying_accounts import AccountWanted, propose_paying_account
from settlement.services.payment_files import (
    make_payment_file,
    open_payment_file,
    send_payment_file,
)
from settlement.services.take_bank_file import take_bank_file
from settlement.state import Explanation
from tenancy.models import Staff
from tenancy.roles import Role
from tenancy.scope import tenant_scope

ACCOUNT = "368001234"
_FUNDS = Movement(3_000_000, "Transfer from our own account")
_CHARGE = Movement(-3_500, "Charge for account services")
_PATIENCE_SECONDS = 60.0
_PAUSE_SECONDS = 0.25


def open_paying_account(merchant: Merchant) -> None:
    """The acquirer's own account: finance sets it, the owner approves it."""
    details = BankDetails(
        currency=CURRENCY, holder=merchant.acquirer.name, country="HK", account_number=ACCOUNT,
        bank_code="024",
    )  # fmt: skip
    finance, owner = _person(merchant, Role.FINANCE), _person(merchant, Role.OWNER)
    wanted = AccountWanted(livemode=False, details=details)
    propose_paying_account(finance, merchant.acquirer, wanted, reason="The bank's letter.")
    with tenant_scope(merchant.acquirer_id):
        approve(Proposal.objects.get(status=Status.PENDING).id, staff=owner)


def pay_out(merchant: Merchant, today: date) -> PaymentFile:
    """All that is due by ``today``: finance makes the file, the owner approves it, it is sent."""
    with tenant_scope(merchant.acquirer_id):
        made = PaymentFile.objects.first()
        if made is not None:
            return made
        finance, owner = _person(merchant, Role.FINANCE), _person(merchant, Role.OWNER)
        row = make_payment_file(
            finance, PayingAccount.objects.get(), max(today, clock.now().date())
        )
        approve(Proposal.objects.get(subject=row.public_id).id, staff=owner)
        return send_payment_file(finance, row)


def hear_from_bank(
    merchant: Merchant, simulator: Simulator, sent: PaymentFile, yesterday: date, today: date
) -> BankFile:
    """The bank's statements: Alipay paid yesterday, and we; the payouts and a charge left today."""
    with tenant_scope(merchant.acquirer_id):
        taken = BankFile.objects.first()
        if taken is not None:
            return taken
        with open_payment_file(sent, by=ACTOR) as file:
            paid = pay(file.read())
    came = Movement(
        simulator.settled_minor(yesterday),
        f"ALIPAY {simulator.partner_id} SETTLEMENT {yesterday:%Y%m%d}",
    )
    days = (Day(yesterday, [_FUNDS, came]), Day(today, [*paid, _CHARGE]))
    run = merchant.acquirer.slug.upper()
    content = write_statements(ACCOUNT, CURRENCY, 0, days, run=run)
    row = take_bank_file(merchant.acquirer, f"camt053-{today}.xml", content, actor=ACTOR)
    _explain_funds(merchant)
    return row


def _explain_funds(merchant: Merchant) -> None:
    """Finance says what it is; above the acquirer's limit the owner approves it."""
    with tenant_scope(merchant.acquirer_id):
        row = BankEntry.objects.get(amount_minor=_FUNDS.minor)
    told = Said(Explanation.OWN_MONEY, "We funded the account before Alipay paid.")
    done = explain(_person(merchant, Role.FINANCE), row, told)
    if isinstance(done, Proposal):
        with tenant_scope(merchant.acquirer_id):
            approve(done.id, staff=_person(merchant, Role.OWNER))


def write_down(merchant: Merchant, first: date, last: date) -> tuple[Journal, Export]:
    """The journal of the days, and the payments as a workbook, which a worker writes."""
    with tenant_scope(merchant.acquirer_id):
        journal, export = Journal.objects.first(), Export.objects.first()
    journal = journal or make_journal(
        merchant.acquirer, first, last, livemode=False, form=Journal.Form.ENTRIES, actor=ACTOR
    )
    with tenant_scope(merchant.acquirer_id):
        export = export or ask_export(
            _person(merchant, Role.FINANCE), of="payments", filters="", form=Export.Form.XLSX
        )
        until = monotonic() + _PATIENCE_SECONDS
        while export.status == Export.Status.WRITING and monotonic() < until:
            sleep(_PAUSE_SECONDS)
            export.refresh_from_db()
    return journal, export


def _person(merchant: Merchant, role: Role) -> Staff:
    staff: Staff = Staff.objects.get(acquirer=merchant.acquirer, role=role)
    return staff
