"""One look at the console per role, kept for all who ask about it."""

import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from tenancy.roles import Role
from tests.tenancy.walk.sweep import Sweep, sweep_by


def _by(role: Role) -> object:
    """One process makes a role's sweep and answers all that is asked of it."""
    return pytest.param(role, marks=pytest.mark.xdist_group(f"sweep-{role}"), id=str(role))


@pytest.fixture(scope="package", params=[_by(role) for role in Role])
def sweep(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Sweep:
    """What the role saw; the rows are gone again."""
    with django_db_blocker.unblock(), transaction.atomic():
        seen = sweep_by(request.param)
        transaction.set_rollback(True)
    return seen
