"""The page of settings: every environment variable, from ``config/env.py``."""

from config.env import VARIABLES, Variable
from config.reference.table import table

HEAD = """# Settings

Generated from `platform/config/env.py` by `make docs`; a test compares them. Settings are
environment variables, read once at start. [deploy/env.example](../../deploy/env.example) has a
working value for each. A list is separated by commas, a bool is `true` or `false`. Time-outs and
intervals on the way to Alipay are no settings: they stand [at the partner account](timing.md).
"""


def render() -> str:
    """The whole page."""
    rows = [
        (f"`{each.name}`", each.kind, _default(each), each.meaning) for each in VARIABLES.values()
    ]
    return HEAD + "\n" + table(("variable", "kind", "default", "meaning"), rows)


def _default(variable: Variable) -> str:
    if variable.default is None:
        return "none: production must set it"
    return f"`{variable.default}`" if variable.default else "empty"
