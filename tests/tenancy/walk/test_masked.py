"""Support sees the ends of what is a person's: on every page that there is, found by itself."""

import re
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin

from payments.models import Attempt, Payment
from tenancy.masking import MaskedRow, mask_value, masking
from tenancy.roles import MASKED, Role, is_allowed
from tenancy.scope import platform_scope
from tenancy.scoped import TenantModel
from tests.factories.tenancy import StaffFactory
from tests.people import Person
from tests.tenancy.rows import make_row
from tests.tenancy.walk.furnish import World
from tests.tenancy.walk.secrets import SECRET, label_of, plant_secrets
from tests.tenancy.walk.visit import signed_in

pytestmark = pytest.mark.django_db

PERSONAL = re.compile(
    r"payer_account|payer_user|buyer|email|phone|mobile|contact|bank|iban|account_number|"
    r"registration_number|responsible|holder|birth|passport|document"
)
# Columns whose name looks personal and whose value is nobody's.
NOT_PERSONAL: set[str] = set()


@pytest.fixture
def world(db: None, ours: World) -> World:
    """One of everything, with something personal wherever support may not read it."""
    plant_secrets(ours)
    return ours


def test_every_column_that_sounds_like_a_person_is_masked_or_said_not_to_be() -> None:
    for model in TenantModel.tenant_models():
        options = model._meta
        if not is_allowed(Role.SUPPORT, f"{options.app_label}.view_{options.model_name}"):
            continue
        for column in options.concrete_fields:
            label = label_of(model, column.name)
            if PERSONAL.search(column.name) and label not in NOT_PERSONAL:
                masked = MASKED[Role.SUPPORT].get(options.label_lower, frozenset())
                assert column.name in masked, (
                    f"support may view {options.label} and its {column.name}: add it to MASKED in "
                    "platform/tenancy/roles.py, or to NOT_PERSONAL in this file"
                )


def test_every_name_of_the_table_is_a_column() -> None:
    for columns in MASKED.values():
        for label, names in columns.items():
            known = {column.name for column in apps.get_model(label)._meta.concrete_fields}
            assert names <= known | {"payload"}, f"{label}: {names - known}"


def test_what_is_masked_is_spelt_out_by_no_filter_and_no_search(world: World) -> None:
    client = signed_in(StaffFactory(role=Role.SUPPORT, acquirer=world.person.acquirer))
    for label, names in MASKED[Role.SUPPORT].items():
        model = apps.get_model(label)
        if model not in admin.site._registry:
            continue
        path = f"/admin/{label.replace('.', '/')}/"
        for name in names:
            for word in (f"{name}__startswith", name, f"{name}__buyer_email__startswith"):
                answer = client.get(path, {word: SECRET[:3]})
                assert answer.status_code in {302, 400, 403, 404}, (path, word)
        answer = client.get(path, {"q": SECRET})
        if answer.status_code == 200 and answer.context["cl"].search_fields:
            assert answer.context["cl"].result_count == 0, path


def test_a_masked_row_is_not_saved(acme: Person) -> None:
    payment = make_row(Payment, acme)
    with platform_scope(), masking({"payments.payment": frozenset({"payer_account"})}):
        masked = Payment.objects.get(pk=payment.pk)
        with pytest.raises(MaskedRow):
            masked.save()


def test_nothing_is_masked_outside(acme: Person) -> None:
    attempt = make_row(Attempt, acme)
    with platform_scope():
        Attempt.objects.filter(pk=attempt.pk).update(response=SECRET)
        with masking({"payments.attempt": frozenset({"response"})}):
            assert Attempt.objects.get(pk=attempt.pk).response == "••••ON"
        assert Attempt.objects.get(pk=attempt.pk).response == SECRET


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("159****5620", "••••20"),
        ("short", "••••"),
        ("", ""),
        (None, None),
        ({"payer": {"id": "159****5620"}, "sum": 5}, {"payer": {"id": "••••20"}, "sum": 5}),
        ({"lines": [{"buyer_email": "m@example.com"}]}, {"lines": [{"buyer_email": "••••om"}]}),
        ("<buyer_id>2088123456</buyer_id><b>1</b>", "<buyer_id>••••56</buyer_id><b>1</b>"),
    ],
)
def test_ends_are_left(value: Any, shown: Any) -> None:
    assert mask_value(value) == shown
