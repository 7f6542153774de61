"""The table of roles: what is not listed is refused."""

import itertools

import pytest

from tenancy.roles import Role, has_module, is_allowed

EDITED_BY_OWNER = [
    "tenancy.{}_staff",
    "merchants.{}_partneraccount",
    "merchants.{}_merchant",
    "merchants.{}_store",
    "merchants.{}_terminal",
    "merchants.{}_apikey",
]
EVERYTHING = [*EDITED_BY_OWNER, "tenancy.{}_acquirer", "payments.{}_payment", "payments.{}_refund"]

# role -> what it may view, what it may add and change
TABLE: dict[Role, tuple[list[str], list[str]]] = {
    Role.OPERATOR: (EVERYTHING, EVERYTHING),
    Role.OWNER: (EVERYTHING, EDITED_BY_OWNER),
    Role.OPERATIONS: (
        [*EDITED_BY_OWNER[2:], "payments.{}_payment", "payments.{}_refund"],
        EDITED_BY_OWNER[2:],
    ),
    Role.FINANCE: (
        [*EDITED_BY_OWNER[2:4], "payments.{}_payment", "payments.{}_refund"],
        [],
    ),
    Role.SUPPORT: (
        [*EDITED_BY_OWNER[2:5], "payments.{}_payment", "payments.{}_refund"],
        [],
    ),
    Role.AUDITOR: (EVERYTHING, []),
}


@pytest.mark.parametrize(("role", "permission"), list(itertools.product(Role, EVERYTHING)))
def test_each_role_may_do_what_its_row_says_and_nothing_else(role: Role, permission: str) -> None:
    views, edits = TABLE[role]

    assert is_allowed(role, permission.format("view")) == (permission in views)
    assert is_allowed(role, permission.format("add")) == (permission in edits)
    assert is_allowed(role, permission.format("change")) == (permission in edits)
    assert is_allowed(role, permission.format("delete")) == (role is Role.OPERATOR)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("permission", ["", "merchants", "merchants.", "merchants.own_store"])
def test_a_permission_that_does_not_exist_is_nobodys(role: Role, permission: str) -> None:
    assert not is_allowed(role, permission)


def test_a_module_is_shown_to_who_may_see_something_of_it() -> None:
    assert has_module(Role.FINANCE, "merchants")
    assert not has_module(Role.FINANCE, "tenancy")
    assert has_module(Role.AUDITOR, "tenancy")
