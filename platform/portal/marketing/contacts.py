"""Who got which coupon, as rows for whoever writes to the members."""

from collections.abc import Iterator

from kernel import ids
from kernel.clock import show_time
from loyalty.audience import MAY_BE_TOLD
from loyalty.coupon_codes import show_code
from loyalty.launch_state import AudienceStatus
from loyalty.models import AudienceMember, Launch, Member

COLUMNS = ["member", "name", "phone", "email", "card_number", "code", "valid_until"]
CONTACTS_LIMIT = 200_000
_BATCH = 2000
_STILL = f"""
SELECT member.id FROM loyalty_member AS member WHERE member.id = ANY (%s) AND {MAY_BE_TOLD}
"""  # noqa: S608 - words of ours


def contact_rows(launch: Launch) -> Iterator[list[str]]:
    """A heading, and each coupon that was issued, without members who agree no more."""
    yield COLUMNS
    until = show_time(launch.campaign.ends_at) or ""
    rows = AudienceMember.objects.filter(
        launch=launch, status=AudienceStatus.ISSUED, member__isnull=False
    ).select_related("member", "coupon")
    batch: list[AudienceMember] = []
    for row in rows.order_by("id")[:CONTACTS_LIMIT].iterator(chunk_size=_BATCH):
        batch.append(row)
        if len(batch) == _BATCH:
            yield from _told(batch, until)
            batch = []
    yield from _told(batch, until)


def _told(batch: list[AudienceMember], until: str) -> Iterator[list[str]]:
    members = Member.objects.raw(_STILL, [[row.member_id for row in batch]])
    still = {member.id for member in members}
    for row in batch:
        member, coupon = row.member, row.coupon
        if member is None or coupon is None or member.id not in still:
            continue
        yield [
            ids.encode(Member.PREFIX, member.id), member.person_name, member.phone, member.email,
            member.card_number or "", show_code(coupon.code), until,
        ]  # fmt: skip
