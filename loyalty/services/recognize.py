"""Knowing a wallet again: by a keyed digest, in one programme, and only while the member agrees."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from kernel import clock, ids
from loyalty.member_state import MemberStatus, ProgrammeStatus
from loyalty.models import WalletLink
from loyalty.selectors import find_programme
from loyalty.wallet_keys import digest_wallet
from payments.models import Payment
from tenancy.fragments import Fragment

# The database itself leaves out a wallet whose member does not agree (a trigger of the table).
_LEARN = """
INSERT INTO loyalty_walletlink
       (id, acquirer_id, programme_id, member_id, livemode, scheme, digest, created_at)
SELECT %(wallet_id)s::uuid, m.acquirer_id, m.programme_id, m.id, m.livemode, %(wallet_scheme)s,
       %(wallet_digest)s::bytea, %(wallet_at)s::timestamptz
  FROM moved JOIN loyalty_member AS m
    ON m.id = %(wallet_member)s::uuid AND m.programme_id = %(wallet_programme)s::uuid
    ON CONFLICT DO NOTHING
"""
_KEPT_SECONDS = 30.0  # a merchant that joins a programme recognizes nobody for so long
_KEPT_LIMIT = 10_000  # merchants of one process


@dataclass(frozen=True, slots=True)
class _Terms:
    """The programme of a merchant, and the key of its wallets."""

    programme_id: UUID
    wallet_key: str


_kept: dict[UUID, tuple[datetime, _Terms | None]] = {}


def recognize(payment: Payment, payer_id: str) -> UUID | None:
    """The member whose wallet this is, in the programme of the payment's merchant."""
    terms = _terms_of(payment.merchant_id)
    if terms is None:
        return None
    rows = WalletLink.objects.filter(
        programme_id=terms.programme_id,
        livemode=payment.livemode,
        digest=digest_wallet(terms.wallet_key, payment.scheme, payer_id),
        member__status=MemberStatus.ACTIVE,
    )
    return rows.values_list("member_id", flat=True).first()


def learn_wallet(payment: Payment, payer_id: str) -> list[Fragment]:
    """The wallet is the member's from now on, if they agree and it is nobody else's."""
    terms = _terms_of(payment.merchant_id)
    if terms is None:
        return []
    values = {
        "id": ids.new_uuid(),
        "scheme": payment.scheme,
        "digest": digest_wallet(terms.wallet_key, payment.scheme, payer_id),
        "at": clock.now(),
        "member": payment.member_id,
        "programme": terms.programme_id,
    }
    return [Fragment("wallet", _LEARN, {f"wallet_{name}": value for name, value in values.items()})]


def _terms_of(merchant_id: UUID) -> _Terms | None:
    """Kept for moments: most payments are of merchants without a programme, and none may wait."""
    now = clock.now()
    found = _kept.get(merchant_id)
    if found is not None and found[0] <= now < found[0] + timedelta(seconds=_KEPT_SECONDS):
        return found[1]
    if len(_kept) >= _KEPT_LIMIT:
        _kept.clear()
    terms = _read_terms(merchant_id)
    _kept[merchant_id] = (now, terms)
    return terms


def _read_terms(merchant_id: UUID) -> _Terms | None:
    programme = find_programme(merchant_id)
    if programme is None or programme.status != ProgrammeStatus.ACTIVE:
        return None
    return _Terms(programme.id, programme.wallet_key)
