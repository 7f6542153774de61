"""A kind of change to try the rules on: the name of a store."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from kernel.errors import Conflict
from merchants.models import Store
from proposals.kinds import KINDS, Applied, Facts, Kind
from proposals.models import Proposal
from proposals.services.propose import propose
from tenancy.models import Staff
from tenancy.roles import Role
from tenancy.scope import tenant_scope
from tests.factories.tenancy import StaffFactory
from tests.people import Person


def _read(subject: str, payload: dict[str, Any]) -> Facts:
    return {"name": Store.objects.get(id=Store.public_id_to_uuid(subject)).name}


def _apply(proposal: Proposal, staff: Staff) -> Applied:
    store = Store.objects.get(id=Store.public_id_to_uuid(proposal.subject))
    store.name = proposal.content["name"]
    store.save()
    if store.name == "forbidden":
        raise Conflict("already_exists", "Nobody calls a store that.")
    return Applied(store.public_id, "the secret")


RENAME = Kind(
    name="rename",
    label="A store's name",
    may_propose="merchants.change_store",
    may_approve="proposals.approve_twopeoplerule",
    read=_read,
    apply=_apply,
)


@pytest.fixture(autouse=True)
def rename() -> Iterator[Kind]:
    """The kind, in the table while the test runs."""
    KINDS[RENAME.name] = RENAME
    yield RENAME
    del KINDS[RENAME.name]


@pytest.fixture
def alice(acme: Person) -> Staff:
    """An owner of acme's acquirer, who proposes."""
    return StaffFactory(acquirer=acme.acquirer, role=Role.OWNER)


@pytest.fixture
def bob(acme: Person) -> Staff:
    """Another owner, who decides."""
    return StaffFactory(acquirer=acme.acquirer, role=Role.OWNER)


def propose_name(person: Person, staff: Staff, name: str = "Pier 7", **changes: Any) -> Proposal:
    """Propose another name for the person's store."""
    with tenant_scope(person.acquirer.id):
        return propose(
            RENAME,
            acquirer_id=person.acquirer.id,
            subject=person.store.public_id,
            subject_label=person.store.name,
            payload={"name": name},
            after={"name": name},
            **({"staff": staff, "reason": "the sign has changed"} | changes),
        )


def name_of(person: Person) -> str:
    """The store's name as the database has it."""
    with tenant_scope(person.acquirer.id):
        return Store.objects.get(id=person.store.id).name


def reread(proposal_id: UUID, person: Person) -> Proposal:
    """The proposal as the database has it."""
    with tenant_scope(person.acquirer.id):
        return Proposal.objects.get(id=proposal_id)
