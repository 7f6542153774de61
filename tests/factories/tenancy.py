"""Acquirers and staff."""

import factory

from tenancy.models import Acquirer, Staff
from tenancy.roles import Role

PASSWORD = "correct-horse-battery"


class AcquirerFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Acquirer

    name = factory.Sequence(lambda n: f"Bank {n}")
    slug = factory.Sequence(lambda n: f"bank-{n}")
    country = "HK"


class StaffFactory(factory.django.DjangoModelFactory):
    """An owner of a new acquirer; ``role=Role.OPERATOR, acquirer=None`` for the operator."""

    class Meta:
        model = Staff

    email = factory.Sequence(lambda n: f"person{n}@example.com")
    name = factory.Sequence(lambda n: f"Person {n}")
    role = Role.OWNER
    acquirer = factory.SubFactory(AcquirerFactory)
    password = factory.django.Password(PASSWORD)
