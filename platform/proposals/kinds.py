"""The table of what may be proposed: each app registers its kinds when it is loaded."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from proposals.state import Need

if TYPE_CHECKING:
    from proposals.models import Proposal
    from tenancy.models import Staff

Facts = dict[str, str]  # label -> value as people read it; never a secret


@dataclass(frozen=True, slots=True)
class Applied:
    """What came of an approval: the public id, and a secret that is shown once and not kept."""

    public_id: str
    shown_once: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of change that two people make.

    ``read`` tells what stands now of the subject (a public id), given the payload: the proposal
    keeps it, and at the decision it must still be the same. ``apply`` makes the change inside the
    decision's transaction and must write to the database only; both may raise TillgateError.
    ``may_propose`` and ``may_approve`` are permissions of tenancy.roles.
    """

    name: str
    label: str
    may_propose: str
    may_approve: str
    read: Callable[[str, dict[str, Any]], Facts]
    apply: "Callable[[Proposal, Staff], Applied]"
    need: Need = Need.ALWAYS  # until the acquirer sets a rule of its own
    limits: Mapping[str, int] = field(default_factory=dict)  # minor units by currency
    has_amount: bool = False  # may be set to "above"
    is_fixed: bool = False  # no acquirer may set a rule for it


KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    """Add ``kind`` to the table; its name stands in rows and never changes."""
    assert kind.name not in KINDS or KINDS[kind.name] == kind, kind.name  # noqa: S101
    KINDS[kind.name] = kind
    return kind
