"""What a bank account's number looks like, per country: IBANs, local forms, or else with a BIC."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from stdnum import bic, iban
from stdnum.exceptions import ValidationError as BadNumber
from stdnum.nz import bankaccount as nz_account
from stdnum.us import rtn

from tenancy.saving import faulty

# Where an account is named by its IBAN (the registry of ISO 13616).
_IBAN_COUNTRIES = """
AD AE AL AT AZ BA BE BG BH BI BR BY CH CR CY CZ DE DJ DK DO EE EG ES FI FK FO FR GB GE GI GL GR GT
HN HR HU IE IL IQ IS IT JO KW KZ LB LC LI LT LU LV LY MC MD ME MK MN MR MT MU NI NL NO OM PK PL PS
PT QA RO RS RU SA SC SD SE SI SK SM SO ST SV TL TN TR UA VA VG XK YE
"""
IBAN_COUNTRIES = frozenset(_IBAN_COUNTRIES.split())
_NOT_SIGNIFICANT = re.compile(r"[\s.-]")


@dataclass(frozen=True, slots=True)
class Form:
    """A country's local form: patterns of account and bank code, how to say them, check digits."""

    account: str
    account_words: str
    bank: str
    bank_words: str
    is_account: Callable[[str], bool] = lambda number: True
    is_bank: Callable[[str], bool] = lambda code: True


LOCAL: dict[str, Form] = {
    "AU": Form("[0-9]{5,9}", "5 to 9 digits", "[0-9]{6}", "the BSB, 6 digits"),
    "CA": Form(
        "[0-9]{7,12}", "7 to 12 digits", "[0-9]{8}", "transit and institution number, 8 digits"
    ),
    "CN": Form("[0-9]{9,30}", "9 to 30 digits", "[0-9]{12}", "the CNAPS code, 12 digits"),
    "HK": Form("[0-9]{6,12}", "6 to 12 digits", "[0-9]{3}", "the clearing code, 3 digits"),
    "IN": Form("[0-9]{9,18}", "9 to 18 digits", "[A-Z]{4}0[A-Z0-9]{6}", "the IFSC"),
    "JP": Form("[0-9]{7}", "7 digits", "[0-9]{7}", "bank and branch, 7 digits"),
    "NZ": Form(
        "[0-9]{15,16}",
        "bank, branch, account and suffix, 15 or 16 digits",
        "",
        "not needed",
        is_account=nz_account.is_valid,
    ),
    "SG": Form("[0-9]{7,14}", "7 to 14 digits", "[0-9]{4,7}", "bank (and branch), 4 or 7 digits"),
    "US": Form(
        "[0-9]{4,17}", "4 to 17 digits", "[0-9]{9}", "the routing number", is_bank=rtn.is_valid
    ),
}
# Where we know no local form, the bank's BIC tells whose number it is.
ELSEWHERE = Form("[A-Z0-9]{4,34}", "4 to 34 letters and digits", "(?!)", "the bank's BIC")


@dataclass(frozen=True, slots=True)
class AccountNumber:
    """A number and bank code that were checked, without spaces and dashes."""

    number: str
    bank_code: str

    @property
    def tail(self) -> str:
        """The end, for people to compare."""
        return self.number[-4:]


def check_account_number(country: str, number: str, bank_code: str) -> AccountNumber:
    """The number as it is kept; raises Rejected naming ``account_number`` or ``bank_code``."""
    number, bank_code = _compact(number), _compact(bank_code)
    if country in IBAN_COUNTRIES:
        _check_iban(country, number, bank_code)
    else:
        _check_local(LOCAL.get(country, ELSEWHERE), number, bank_code)
    return AccountNumber(number, bank_code)


def _compact(text: str) -> str:
    return _NOT_SIGNIFICANT.sub("", text).upper()


def _check_iban(country: str, number: str, bank_code: str) -> None:
    try:
        iban.validate(number)
    except BadNumber:
        raise faulty("account_number", "This is no valid IBAN: check every digit.") from None
    if number[:2] != country:
        raise faulty("account_number", f"This IBAN is of {number[:2]}, not of {country}.")
    if bank_code and not bic.is_valid(bank_code):
        raise faulty("bank_code", "With an IBAN: the bank's BIC, or nothing.")


def _check_local(form: Form, number: str, bank_code: str) -> None:
    if not (re.fullmatch(form.account, number) and form.is_account(number)):
        raise faulty("account_number", f"The account number is wrong: {form.account_words}.")
    is_local = bool(re.fullmatch(form.bank, bank_code)) and (
        not form.bank or form.is_bank(bank_code)
    )
    if not (is_local or bic.is_valid(bank_code)):
        raise faulty("bank_code", f"The bank code is wrong: {form.bank_words}, or a BIC.")
