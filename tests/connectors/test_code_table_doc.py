from pathlib import Path

from connectors.alipay.code_table import render_code_table
from connectors.alipay.codes import MEANINGS

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "alipay-codes.md"


def test_the_page_of_codes_is_the_one_that_the_table_prints() -> None:
    """Renew it with ``python -m connectors.alipay.code_table > docs/reference/alipay-codes.md``."""
    assert PAGE.read_text(encoding="utf-8") == render_code_table()


def test_the_page_has_a_line_for_every_row() -> None:
    rows = [line for line in render_code_table().splitlines() if line.count("`") == 2]

    assert len([row for row in rows if row.startswith("|")]) == len(MEANINGS)
