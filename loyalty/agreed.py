"""What a member agrees to, as SQL over ``member``, a row of loyalty_member: newest word holds."""

from loyalty.member_state import Purpose


def newest_word(purpose: Purpose) -> str:
    """Whether the member agrees to ``purpose`` today; null of who never said a word to it."""
    return f"""(SELECT consent.is_given FROM loyalty_consent AS consent
      WHERE consent.member_id = member.id AND consent.purpose = '{purpose}'
      ORDER BY consent.id DESC LIMIT 1)"""  # noqa: S608 - a word of ours


# A customer is a member while they are not forgotten and have not taken back that they are one.
IS_MEMBER = f"""member.status <> 'forgotten'
    AND COALESCE({newest_word(Purpose.MEMBERSHIP)}, true)"""
