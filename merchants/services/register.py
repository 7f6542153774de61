"""Asking for registrations: of new stores, of changed ones, and again by a person.

Nothing is sent here. A row that is due is found by the sweep, whatever was lost in between.
"""

from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet

from kernel import clock
from merchants.models import PartnerAccount, Registration, Store
from merchants.onboarding import REGISTERING
from merchants.registration_state import RegistrationStatus
from merchants.services.announcement import announcement_of, digest_of
from merchants.services.drive_registration import REGISTRATIONS
from tenancy.scope import platform_scope

MISSING_LIMIT = 500  # stores of one look; the next one comes in seconds

# Stores that may sell, below accounts that announce theirs, of which no row exists.
_MISSING = """
SELECT s.id, a.id
  FROM merchants_store s
  JOIN merchants_merchant m ON m.id = s.merchant_id
  JOIN merchants_partneraccount a ON a.acquirer_id = s.acquirer_id
 WHERE s.status = 'active' AND m.status = ANY(%s) AND a.is_active AND a.registers_stores
   AND NOT EXISTS (SELECT 1 FROM merchants_registration r
                    WHERE r.store_id = s.id AND r.partner_account_id = a.id)
 LIMIT %s
"""


def request_missing() -> int:
    """Open a registration for each store that lacks one, MISSING_LIMIT at most; how many."""
    with platform_scope():
        with connection.cursor() as cursor:
            cursor.execute(_MISSING, [[each.value for each in REGISTERING], MISSING_LIMIT])
            pairs: list[tuple[UUID, UUID]] = cursor.fetchall()
        stores = Store.objects.select_related("merchant").in_bulk([pair[0] for pair in pairs])
        rows = [_opened(stores[store], account) for store, account in pairs]
        return len(Registration.objects.bulk_create(rows, ignore_conflicts=True))


def _opened(store: Store, account_id: UUID) -> Registration:
    return Registration(
        acquirer_id=store.acquirer_id,
        merchant_id=store.merchant_id,
        store=store,
        partner_account_id=account_id,
        scheme_merchant_id=store.merchant.scheme_merchant_id,
        scheme_store_id=store.scheme_store_id,
        due_at=clock.now(),
    )


def request_for(store: Store, account: PartnerAccount) -> Registration:
    """The store's registration below the account, opened now if there was none."""
    found = Registration.objects.filter(store=store, partner_account=account).first()
    if found is None:
        Registration.objects.bulk_create([_opened(store, account.id)], ignore_conflicts=True)
        found = Registration.objects.get(store=store, partner_account=account)
    return found


def send_again(registration_id: UUID) -> Registration:
    """Announce it once more, from now on.

    The answer of a call that is under way is not listened to: its claim is gone.
    """
    with transaction.atomic():
        row = REGISTRATIONS.lock(registration_id)
        row.status = RegistrationStatus.TO_SEND
        row.rest(clock.now())
        row.tries = 0
        row.save()
    return row


def announce_changes(rows: QuerySet[Registration, Registration]) -> None:
    """Have what Alipay knows of these stores brought up to date, where it differs."""
    sent = rows.exclude(status=RegistrationStatus.TO_SEND)
    for row in sent.select_related("store__merchant"):
        if row.sent_digest != digest_of(announcement_of(row.store)):
            send_again(row.id)
