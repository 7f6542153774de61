"""create_acquirer and create_staff."""

import pytest

from kernel.errors import Conflict, Rejected
from tenancy.models import Acquirer, Staff
from tenancy.roles import Role
from tenancy.services import create_acquirer, create_staff
from tests.factories.tenancy import AcquirerFactory

pytestmark = pytest.mark.django_db

GOOD = "a-long-and-odd-phrase"


def test_an_acquirer_is_made_with_its_slug() -> None:
    made = create_acquirer(name="Harbour Bank", slug="harbour-bank", country="HK")

    kept = Acquirer.objects.get()
    assert kept == made
    assert (kept.name, kept.slug, kept.country) == ("Harbour Bank", "harbour-bank", "HK")
    assert (kept.time_zone, kept.status) == ("Asia/Hong_Kong", "active")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"slug": "Harbour Bank"}, "slug"),
        ({"slug": ""}, "slug"),
        ({"country": "hk"}, "country"),
        ({"name": "x" * 129}, "name"),
        ({"time_zone": "Asia/Kowloon"}, "time_zone"),
        ({"time_zone": "../etc/passwd"}, "time_zone"),
    ],
)
def test_a_faulty_acquirer_is_refused_by_field(changed: dict[str, str], field: str) -> None:
    given = {"name": "Harbour Bank", "slug": "harbour-bank", "country": "HK"} | changed

    with pytest.raises(Rejected) as caught:
        create_acquirer(**given)

    assert [fault.field for fault in caught.value.errors] == [field]
    assert Acquirer.objects.count() == 0


def test_a_taken_slug_is_a_conflict() -> None:
    AcquirerFactory(slug="harbour-bank")

    with pytest.raises(Conflict) as caught:
        create_acquirer(name="Other", slug="harbour-bank", country="HK")

    assert caught.value.code == "already_exists"
    assert [fault.field for fault in caught.value.errors] == ["slug"]
    assert Acquirer.objects.count() == 1


def test_an_address_is_kept_in_lower_case_and_is_one_persons() -> None:
    acquirer = AcquirerFactory()
    staff = create_staff(
        email=" Ada@Example.com ", name="Ada", role=Role.OWNER, acquirer=acquirer, password=GOOD
    )

    assert staff.email == "ada@example.com"
    assert staff.check_password(GOOD)
    with pytest.raises(Conflict):
        create_staff(
            email="ADA@example.com", name="Ada", role=Role.OWNER, acquirer=acquirer, password=GOOD
        )
    assert Staff.objects.count() == 1


@pytest.mark.parametrize(
    ("role", "has_acquirer", "password", "field"),
    [
        (Role.OPERATOR, True, GOOD, "acquirer"),
        (Role.OWNER, False, GOOD, "acquirer"),
        ("king", True, GOOD, "role"),
        (Role.OWNER, True, "short", "password"),
        (Role.OWNER, True, "ada@example.com", "password"),
    ],
)
def test_faulty_staff_is_refused_by_field(
    role: str, has_acquirer: bool, password: str, field: str
) -> None:
    acquirer = AcquirerFactory() if has_acquirer else None

    with pytest.raises(Rejected) as caught:
        create_staff(
            email="ada@example.com", name="Ada", role=role, acquirer=acquirer, password=password
        )

    assert [fault.field for fault in caught.value.errors] == [field]
    assert Staff.objects.count() == 0
