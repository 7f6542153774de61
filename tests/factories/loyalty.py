"""Programmes, and the members of one."""

from typing import Any

import factory

from loyalty.models import EarnRule, Member, Participation, Programme, Tier
from tenancy.scope import platform_scope
from tests.factories.base import TenantFactory
from tests.factories.tenancy import AcquirerFactory
from tests.people import Person


class ProgrammeFactory(TenantFactory):
    class Meta:
        model = Programme

    acquirer = factory.SubFactory(AcquirerFactory)
    name = factory.Sequence(lambda n: f"Tea Club {n}")


def make_programme(*people: Person, **options: Any) -> Programme:
    """A programme of these merchants of one acquirer: a point for each dollar, silver at 1000 with
    once and a half, gold at 5000 with twice as much."""
    programme = ProgrammeFactory(acquirer=people[0].acquirer, **options)
    known = {"acquirer": programme.acquirer, "programme": programme}
    with platform_scope():
        for person in people:
            Participation.objects.create(merchant=person.merchant, **known)
        EarnRule.objects.create(currency="HKD", points=1, per_minor=100, **known)
        for name, threshold, multiplier in (("Silver", 1000, 15_000), ("Gold", 5000, 20_000)):
            Tier.objects.create(
                name=name,
                threshold_points=threshold,
                multiplier_basis_points=multiplier,
                benefits=f"{name} benefits",
                **known,
            )
    return programme


def make_member(person: Person, programme: Programme, **options: Any) -> Member:
    """Who joined at this merchant, in test mode."""
    with platform_scope():
        values = {"livemode": False, "joined_merchant": person.merchant} | options
        return Member.objects.create(acquirer=programme.acquirer, programme=programme, **values)
