"""The imports' sweep: what is due is handed out; sheets that nobody took are let go of."""

from datetime import timedelta

from django.db import connection

from kernel import clock
from merchants.services.drive_import import IMPORTS
from tenancy.scope import platform_scope

KEPT = timedelta(days=7)  # a sheet that nobody took
_FORGOTTEN_AT_ONCE = 20
_FORGET = """
UPDATE merchants_merchantimport SET content = NULL
 WHERE id IN (SELECT id FROM merchants_merchantimport
               WHERE content IS NOT NULL AND due_at IS NULL AND created_at < %s LIMIT %s)
"""


def sweep() -> int:
    """How many were handed out."""
    with platform_scope(), connection.cursor() as cursor:
        cursor.execute(_FORGET, [clock.now() - KEPT, _FORGOTTEN_AT_ONCE])
    return IMPORTS.hand_out_due()
