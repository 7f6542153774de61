"""The registrations' sweep: it finds what lacks a row and what is due, whatever was lost."""

from merchants.services.drive_registration import REGISTRATIONS
from merchants.services.move_merchant import activate_registered
from merchants.services.register import request_missing


def sweep() -> int:
    """Open what is missing, activate who is ready, hand out what is due; how many of the last."""
    request_missing()
    activate_registered()
    return REGISTRATIONS.hand_out_due()
