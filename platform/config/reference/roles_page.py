"""The page of roles: who may do what with which rows, and who sees only the end of what."""

from django.contrib import admin

from config.reference.table import table
from tenancy.roles import MASKED, PERMISSIONS, Role

HEAD = """# Roles

Generated from `platform/tenancy/roles.py` by `make docs`; a test compares them. What does not
stand here is refused. Everybody but the operator sees the rows of their own acquirer only; the
database itself refuses the others. Pages that only look on, such as payments, offer nobody `add`,
`change` or `delete`. What needs [two people](../howto/two-people.md) is decided by somebody else
than who proposed it, whatever their roles. Owners, finance and operators need a [second
factor](../howto/sign-in.md); an acquirer may ask it of every role.

"""
_MASKED = """
## What is masked

These roles see only the last two characters, on every page, and can neither search nor filter by
them. Of JSON and of kept messages, what their names say is a person's or a bank's is masked.

"""
_FIRST = ("view", "add", "change", "delete")


def render() -> str:
    """The whole page."""
    models = sorted(model._meta.label_lower for model in admin.site._registry if _is_ours(model))
    rows = [(f"`{model}`", *(_may(role, model) for role in Role)) for model in models]
    return HEAD + table(("rows", *(role.value for role in Role)), rows) + _MASKED + _masked()


def _is_ours(model: type) -> bool:
    return not model.__module__.startswith(("django.", "allauth."))


def _may(role: Role, model: str) -> str:
    granted = PERMISSIONS[role]
    actions = granted.get("*", frozenset()) | granted.get(model, frozenset())
    if actions == PERMISSIONS[Role.OPERATOR]["*"]:
        return "everything"
    named = [name for name in _FIRST if name in actions]
    return ", ".join(named + sorted(actions.difference(_FIRST))) or "no"


def _masked() -> str:
    rows = [
        (role.value, f"`{model}`", ", ".join(f"`{name}`" for name in sorted(names)))
        for role, models in MASKED.items()
        for model, names in sorted(models.items())
    ]
    return table(("role", "rows", "columns"), rows)
