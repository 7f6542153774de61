"""The merchant category codes: published ones are taken, others not, and people find them."""

import re

import pytest
from django.core.exceptions import ValidationError

from merchants import mcc
from merchants.admin.merchants import MerchantForm


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("5814", "Fast food restaurants"),
        ("0763", "Agricultural co-operatives"),
        ("3000", "UNITED AIRLINES"),  # the standard leaves airlines to the schemes
        ("5262", "Marketplaces"),  # younger than the standard's list
    ],
)
def test_a_published_code_has_its_name(code: str, name: str) -> None:
    assert mcc.name_of(code) == name
    mcc.check_mcc(code)


@pytest.mark.parametrize("code", ["", "581", "58140", "9999", "\uff15\uff18\uff11\uff14", "58 4"])
def test_what_nobody_published_is_refused(code: str) -> None:
    assert mcc.name_of(code) == ""
    with pytest.raises(ValidationError, match="merchant category code"):
        mcc.check_mcc(code)


def test_every_choice_is_taken_and_can_be_searched_by_number_and_name() -> None:
    nothing, *chosen = mcc.choices()

    assert nothing == ("", "")
    assert len(chosen) == len(dict(chosen)) > 900
    assert all(
        mcc.name_of(code) and label == f"{code} · {mcc.name_of(code)}" for code, label in chosen
    )
    assert [code for code, _ in chosen] == sorted(code for code, _ in chosen)


def test_the_lists_field_offers_every_code_and_marks_the_chosen_one() -> None:
    field = MerchantForm.base_fields["mcc"]

    shown = field.widget.render("mcc", "5814", {"id": "id_mcc"})

    assert 'name="mcc"' in shown
    assert 'id="id_mcc"' in shown
    assert re.findall(r'value="(.*?)"', shown) == [code for code, _ in mcc.choices()]
    assert re.findall(r'value="(.*?)" selected>(.*?)<', shown) == [
        ("5814", "5814 · Fast food restaurants")
    ]
    assert 'value="" selected>' in field.widget.render("mcc", None)
    assert "<b>" not in field.widget.render("<b>", "<b>")
