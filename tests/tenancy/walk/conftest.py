"""What the walk is about: two acquirers, the roles, and one look at the console by each."""

from collections.abc import Iterator
from contextlib import ExitStack
from copy import deepcopy

import pytest
from django.db import connection, transaction
from pytest_django.plugin import DjangoDbBlocker

from tenancy.models import Staff
from tenancy.roles import Role
from tests.factories.tenancy import StaffFactory
from tests.tenancy.walk.furnish import World, furnish
from tests.tenancy.walk.sweep import Sweep, sweep_by
from tests.tenancy.walk.visit import remembering


def _by(role: Role) -> object:
    """One process does all that a role is asked: it furnishes the acquirers once."""
    return pytest.param(role, marks=pytest.mark.xdist_group(f"walk-{role}"), id=str(role))


@pytest.fixture(scope="package")
def worlds(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[tuple[World, World]]:
    """Two furnished acquirers in a transaction around all tests of this folder, each of which
    undoes what it has done to them."""
    with ExitStack() as stack:
        with django_db_blocker.unblock():
            stack.enter_context(transaction.atomic())
            made = furnish("OURMARK"), furnish("THEIRMARK")
            connection.check_constraints()  # once, not at the end of each test
        yield made
        with django_db_blocker.unblock():
            transaction.set_rollback(True)
            stack.close()


@pytest.fixture(autouse=True)
def _remembered() -> Iterator[None]:
    with remembering():
        yield


@pytest.fixture
def ours(worlds: tuple[World, World]) -> World:
    """The acquirer whose staff walks; the copy is the test's own."""
    return deepcopy(worlds[0])


@pytest.fixture
def theirs(worlds: tuple[World, World]) -> World:
    """The other acquirer."""
    return deepcopy(worlds[1])


@pytest.fixture(params=[_by(role) for role in Role if role is not Role.OPERATOR])
def staff(request: pytest.FixtureRequest, db: None, ours: World) -> Staff:
    """A person of the acquirer, in each of its roles."""
    return StaffFactory(role=request.param, acquirer=ours.person.acquirer)


@pytest.fixture(scope="package", params=[_by(role) for role in Role])
def sweep(
    request: pytest.FixtureRequest,
    worlds: tuple[World, World],
    django_db_blocker: DjangoDbBlocker,
) -> Sweep:
    """What the role saw; what was done to the rows is undone."""
    with django_db_blocker.unblock(), transaction.atomic(), remembering():
        seen = sweep_by(request.param, *deepcopy(worlds))
        transaction.set_rollback(True)
    return seen
