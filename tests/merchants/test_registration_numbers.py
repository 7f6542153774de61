"""A company's number in its register: checked where the form is published, taken elsewhere."""

import pytest
from django.utils import translation

from kernel.errors import Rejected
from merchants.models import Merchant
from merchants.registration_numbers import FORMS, is_number
from merchants.services.merchants import create_merchant
from tenancy.scope import platform_scope, tenant_scope
from tests.people import Person

# Published numbers of known bodies, and examples of the registers themselves.
GOOD = [
    ("AU", "83 914 571 673"),
    ("AU", "004 085 616"),
    ("CN", "91110000600037341L"),
    ("FR", "552 008 443"),
    ("JP", "5-8356-7825-6246"),
    ("KR", "116-82-00276"),
    ("SG", "197401143C"),
    ("TW", "00501503"),
]


@pytest.mark.parametrize(("country", "number"), [each for each in GOOD if each[0] != "KR"])
def test_a_number_of_the_register_is_taken_and_one_wrong_digit_is_not(
    country: str, number: str
) -> None:
    last = next(place for place in reversed(range(len(number))) if number[place].isdigit())
    wrong = number[:last] + str((int(number[last]) + 1) % 10) + number[last + 1 :]

    assert is_number(country, number)
    assert not is_number(country, wrong)


def test_a_korean_number_has_a_form_and_no_known_check_digit() -> None:
    assert is_number("KR", "116-82-00276")
    assert not is_number("KR", "116-82-0027")
    assert not is_number("KR", "000-82-00276")


def test_every_form_has_an_example() -> None:
    assert {country for country, _number in GOOD} == set(FORMS)


@pytest.mark.parametrize(("country", "number"), [("HK", "12345678"), ("GB", "SC123456"), ("", "")])
def test_where_no_form_is_known_any_number_is_taken(country: str, number: str) -> None:
    assert is_number(country, number)


def draft(person: Person, **values: str) -> Merchant:
    with tenant_scope(person.acquirer.pk):
        return create_merchant(
            acquirer=person.acquirer,
            legal_name="Pier Tea",
            display_name="Pier Tea",
            mcc="5814",
            scheme_merchant_id="M77",
            **values,
        )


@pytest.mark.django_db
def test_a_company_with_a_wrong_number_is_refused_by_name_and_nothing_is_kept(
    acme: Person, outsider: Person
) -> None:
    with platform_scope():
        before = Merchant.objects.count()

    with pytest.raises(Rejected) as refused:
        draft(acme, country="CN", registration_number="91110000600037341A")

    (fault,) = refused.value.errors
    assert fault.field == "registration_number"
    assert fault.message == (
        "There it is a unified social credit code: a digit or the check digit is wrong."
    )
    with platform_scope():
        assert Merchant.objects.count() == before


@pytest.mark.django_db
def test_a_sole_trader_and_a_draft_without_number_are_taken(acme: Person, outsider: Person) -> None:
    alone = {"organisation": "individual", "registration_number": "440301-7"}
    assert draft(acme, country="CN", **alone).registration_number == "440301-7"
    assert draft(outsider, country="CN").registration_number == ""


@pytest.mark.django_db
def test_the_refusal_is_told_in_the_readers_language(acme: Person) -> None:
    with translation.override("zh-hans"), pytest.raises(Rejected) as refused:
        draft(acme, country="SG", registration_number="197401143D")

    assert "UEN" in refused.value.errors[0].message
    assert "digit" not in refused.value.errors[0].message
