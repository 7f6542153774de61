"""What a bank account's number looks like: IBANs by their check digits, local forms by country."""

import pytest

from kernel.errors import Rejected
from merchants.account_numbers import check_account_number


@pytest.mark.parametrize(
    ("country", "number", "bank_code", "kept"),
    [
        ("GB", "gb82 west 1234 5698 7654 32", "", ("GB82WEST12345698765432", "")),
        ("DE", "DE89370400440532013000", "COBADEFFXXX", ("DE89370400440532013000", "COBADEFFXXX")),
        ("HK", "123-456789-001", "004", ("123456789001", "004")),
        ("HK", "123456789001", "HSBCHKHHHKH", ("123456789001", "HSBCHKHHHKH")),
        ("US", "1234 5678", "111000025", ("12345678", "111000025")),
        ("NZ", "01-0902-0068389-00", "", ("010902006838900", "")),
        ("IN", "123456789012", "hdfc0000001", ("123456789012", "HDFC0000001")),
        ("MO", "9876543210", "BNULMOMX", ("9876543210", "BNULMOMX")),
    ],
)
def test_a_number_of_its_country_is_taken_without_spaces(
    country: str, number: str, bank_code: str, kept: tuple[str, str]
) -> None:
    checked = check_account_number(country, number, bank_code)

    assert (checked.number, checked.bank_code) == kept
    assert checked.tail == kept[0][-4:]


@pytest.mark.parametrize(
    ("country", "number", "bank_code", "field"),
    [
        ("GB", "GB82WEST12345698765433", "", "account_number"),  # a digit is wrong
        ("DE", "GB82WEST12345698765432", "", "account_number"),  # of another country
        ("DE", "532013000", "37040044", "account_number"),  # no IBAN at all
        ("DE", "DE89370400440532013000", "37040044", "bank_code"),
        ("HK", "12345", "004", "account_number"),
        ("HK", "123456789001", "4", "bank_code"),
        ("HK", "123456789001", "", "bank_code"),
        ("US", "12345678", "111000026", "bank_code"),  # the routing number's check digit
        ("NZ", "01-0902-0068380-00", "", "account_number"),
        ("MO", "9876543210", "", "bank_code"),
        ("MO", "98<script>", "BNULMOMX", "account_number"),
    ],
)
def test_a_wrong_number_or_bank_code_is_refused_by_name(
    country: str, number: str, bank_code: str, field: str
) -> None:
    with pytest.raises(Rejected) as refused:
        check_account_number(country, number, bank_code)

    assert [fault.field for fault in refused.value.errors] == [field]
    assert number not in str(refused.value)
