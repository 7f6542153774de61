"""``manage.py trial_balance``."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from ledger import accounts
from ledger.posting import post
from tenancy.scope import tenant_scope
from tests.ledger.test_posting import sale
from tests.people import Person

pytestmark = pytest.mark.django_db


def test_it_prints_the_acquirers_balances_and_nobody_elses(
    acme: Person, outsider: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "_known", set())
    for person, minor in ((acme, 12050), (outsider, 1)):
        with tenant_scope(person.acquirer.id):
            post(sale(person, minor))
    out = StringIO()

    call_command("trial_balance", acquirer=acme.acquirer.slug, stdout=out)

    lines = [" ".join(line.split()) for line in out.getvalue().splitlines()]
    assert lines == [
        "merchant_payable HKD -120.50",
        "scheme_receivable HKD 120.50",
        "balanced in 1 currencies",
    ]


def test_an_unknown_acquirer_is_said_so() -> None:
    with pytest.raises(CommandError, match="nobody"):
        call_command("trial_balance", acquirer="nobody")
