"""Prints the table of codes as a page: ``python -m connectors.alipay.code_table``."""

from connectors.alipay.codes import MEANINGS, Column, Meaning

_HEAD = """# Alipay's codes and what they mean here

Generated from `connectors/alipay/codes.py`; a test compares them. A code that is in no row is
`unknown`: ask again. A code that ends in `*` stands for every code that begins so. "Alarm" marks
faults of the set-up, for which staff are called.
"""
_COLUMNS = "| where | code | result | class | failure code | alarm |\n|---|---|---|---|---|---|"


def render_code_table() -> str:
    """The whole page in Markdown: one section per column of the table."""
    return "\n".join([_HEAD, *(_section(column) for column in Column)])


def _section(column: Column) -> str:
    rows = [
        _row(kind.value, code, meaning)
        for (where, kind, code), meaning in MEANINGS.items()
        if where is column
    ]
    title = column.value.capitalize()
    return "\n".join([f"## {title}\n", _COLUMNS, *rows]) + "\n"


def _row(kind: str, code: str, meaning: Meaning) -> str:
    cells = (
        kind,
        f"`{code}`",
        meaning.result.value,
        meaning.code_class.value if meaning.code_class else "",
        meaning.failure_code or "",
        "yes" if meaning.is_configuration_fault else "",
    )
    return "| " + " | ".join(cells) + " |"


if __name__ == "__main__":
    print(render_code_table(), end="")
