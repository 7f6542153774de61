"""One row of any tenant table, made from the table's own description.

A new table needs nothing here as long as its columns' kinds tell what may stand in them.
"""

from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

from django.apps import apps
from django.db import models

from kernel import ids
from ledger.models import Entry
from tenancy.models import Staff
from tenancy.scope import platform_scope
from tenancy.scoped import TenantModel, Through
from tests.factories.tenancy import StaffFactory
from tests.people import Person

# Where a check of the table allows only some values.
_VALUES: dict[str, Any] = {
    "portal.Banner.ends_at": datetime(2999, 1, 1, tzinfo=UTC),
    "failures": [0],
    "answers": [0],
    "loyalty.Rule.antecedent": ["x"],
    "hours": [0] * 24,
    "hour_amounts": [0] * 24,
    "portal.Customer.persona": "new",
    "portal.Customer.risk": "unknown",
    "portal.Cohort.grain": "week",
    "currency": "HKD",
    "ledger.Account.kind": "suspense",
    "ledger.Transaction.cause_id": ids.new_uuid,  # a cause is posted once
    "settlement.FeeAssignment.starts_at": datetime(2999, 1, 1, tzinfo=UTC),  # not in the past
    "settlement.Line.entry_id": ids.new_uuid,  # an entry is settled once
    "merchants.AcquirerKey.scopes": ["merchants:read"],
    "settlement.Batch.closing_minor": 10,  # ten columns of 1 add up to it
    "settlement.Line.net_minor": 3,
    "loyalty.Campaign.ends_at": datetime(2999, 1, 1, tzinfo=UTC),
    "loyalty.PointsEntry.cause_id": ids.new_uuid,  # a cause is written once
    "loyalty.Consent.purpose": "wallet",
    "loyalty.Consent.is_given": True,
}
# What the database looks for before it takes a row.
_BEFORE = {"loyalty.WalletLink": "loyalty.Consent"}
# Columns that may be empty, but not in a row like ours.
_FILLED = {
    "loyalty.PointsEntry.expires_at": datetime(2999, 1, 1, tzinfo=UTC),  # what is earned expires
    "loyalty.Campaign.amount_minor": 100,
    "settlement.Export.due_at": datetime(2999, 1, 1, tzinfo=UTC),
    "proposals.Proposal.proposed_with": "ack_1",
    "payments.Payment.payment_code_masked": "2880••••••••••••34",
    "payments.Payment.payment_code_digest": b"\x07" * 32,
}
_BY_KIND: list[tuple[type[Any], Any]] = [
    (models.BooleanField, False),
    (models.IntegerField, 1),
    (models.DateTimeField, datetime(2026, 11, 22, tzinfo=UTC)),
    (models.DateField, datetime(2026, 11, 22, tzinfo=UTC).date()),
    (models.UUIDField, UUID(int=7)),
    (models.BinaryField, b"\x07" * 32),
    (models.JSONField, {}),
    (models.DecimalField, 1),
    (models.FloatField, 1.0),
    (models.CharField, "x"),
    (models.TextField, "x"),
]


def make_row(
    model: type[TenantModel], person: Person, made: dict[type[Any], Any] | None = None
) -> Any:
    """A row of ``model`` that belongs to ``person``; what it points to is made as well, or taken
    from ``made``, where the new rows are put too."""
    made = {} if made is None else made
    known = {
        type(row): row
        for row in (
            person.partner_account,
            person.merchant,
            person.store,
            person.terminal,
            person.key,
        )
    }
    made.update({kind: row for kind, row in known.items() if kind not in made})
    if model in made:
        return made[model]
    if (needed := _BEFORE.get(model._meta.label)) is not None:
        make_row(cast("type[TenantModel]", apps.get_model(needed)), person, made)
    with platform_scope():
        row = _build(model, person, made)
        if model in made:  # what it points to needed one
            return made[model]
        model.objects.bulk_create([row, *_companions(row)])
    made[model] = row
    if isinstance(model.MERCHANT_COLUMN, Through):  # whose the row is stands in another table
        make_row(cast("type[TenantModel]", model.MERCHANT_COLUMN.find_model()), person, made)
    return row


def _build(model: type[TenantModel], person: Person, made: dict[Any, Any]) -> Any:
    values: dict[str, Any] = {}
    for field in model._meta.concrete_fields:
        if field.generated:  # the database writes it
            continue
        if field.name == "merchant_id":  # tables below the merchants keep no foreign key
            values["merchant_id"] = person.merchant.pk
        elif field.name in {"acquirer", "merchant"}:
            values[field.name] = getattr(person, field.name)
        elif isinstance(field, models.ForeignKey):
            if not field.null:
                values[field.name] = _target(field.remote_field.model, person, made)
        elif (label := f"{model._meta.label}.{field.name}") in _FILLED:
            values[field.name] = _FILLED[label]
        elif not field.has_default() and not field.null:
            values[field.name] = _value(model, field)
    return model(**values)


def _target(target: Any, person: Person, made: dict[Any, Any]) -> Any:
    if target is Staff and Staff not in made:  # no tenant's table: its pages narrow
        return StaffFactory(acquirer=person.acquirer)
    return made.get(target) or make_row(target, person, made)


def _companions(row: Any) -> list[Any]:
    """The books refuse an entry without its counterpart in the same statement."""
    if not isinstance(row, Entry):
        return []
    return [
        Entry(
            acquirer=row.acquirer,
            merchant_id=row.merchant_id,
            transaction=row.transaction,
            account=row.account,
            amount_minor=-row.amount_minor,
            currency=row.currency,
        )
    ]


def _value(model: type[TenantModel], field: Any) -> Any:
    label = f"{model._meta.label}.{field.name}"
    for name in (label, field.name):
        if name in _VALUES:
            found = _VALUES[name]
            return found() if callable(found) else found
    if field.choices:
        return field.choices[0][0]
    for kind, value in _BY_KIND:
        if isinstance(field, kind):
            return value
    raise AssertionError(f"say in tests/tenancy/rows.py what may stand in {label}")
