"""Check a row, then save it: what Django finds wrong leaves as an error of the kernel."""

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, models, transaction

from kernel.errors import Conflict, FieldError, Rejected, TillgateError

_TAKEN = {"unique", "unique_together"}


def save_checked(row: models.Model) -> None:
    """Run ``full_clean`` and save.

    Raises Rejected ``invalid_request`` naming every faulty field, or Conflict ``already_exists``
    where the only fault is that another row has the name already.
    """
    try:
        row.full_clean()
        with transaction.atomic():  # a refusal must not spoil the caller's transaction
            row.save()
    except ValidationError as error:
        raise refusal_of(error) from None
    except IntegrityError as error:
        # Two at once, or a row that this scope cannot see: the check above found nothing.
        raise Conflict("already_exists", "Another row has this name or id already.") from error


def faulty(field: str, message: str) -> Rejected:
    """The refusal of one faulty field."""
    fault = FieldError(field, "invalid", message)
    return Rejected("invalid_request", f"Please correct: {field}.", errors=(fault,))


def refusal_of(error: ValidationError) -> TillgateError:
    """``error`` in the kernel's words."""
    faults = tuple(_faults(error))
    if faults and all(fault.code in _TAKEN for fault in faults):
        return Conflict("already_exists", faults[0].message, errors=faults)
    fields = ", ".join(dict.fromkeys(fault.field for fault in faults))
    return Rejected("invalid_request", f"Please correct: {fields}.", errors=faults)


def _faults(error: ValidationError) -> list[FieldError]:
    by_field = error.error_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: [error]}
    return [
        FieldError(_name(field, fault), fault.code or "invalid", " ".join(fault.messages))
        for field, faults in by_field.items()
        for fault in faults
    ]


def _name(field: str, fault: ValidationError) -> str:
    """Django files a fault of several fields under none: name the last, which tells them apart."""
    if field != NON_FIELD_ERRORS:
        return field
    together = (fault.params or {}).get("unique_check", ())
    return together[-1] if together else "request"
