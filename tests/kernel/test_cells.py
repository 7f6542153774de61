"""Texts in files that spreadsheets open."""

from hypothesis import given
from hypothesis import strategies as st

from kernel.cells import all_as_text, as_text, from_text

TEXTS = st.text() | st.sampled_from(["=1", "+1", "-1", "@a", "\ta", "\ra", "a\n=1", "a=1", ""])


@given(st.lists(TEXTS))
def test_a_column_is_guarded_as_each_of_its_texts(column: list[str]) -> None:
    assert list(all_as_text(column)) == [as_text(text) for text in column]


@given(TEXTS.filter(lambda text: not text.strip().startswith("'")))
def test_what_was_guarded_comes_back_without_the_blanks_around_it(text: str) -> None:
    assert from_text(as_text(text)) == text.strip()
