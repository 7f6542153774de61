"""How the sandbox reads what the reference leaves open ([U]); each can be read otherwise."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Readings:
    """One attribute per open question; ``python -m sandbox --reading name=value`` sets it."""

    # A cancel of an unknown id also stops a pay that arrives later under it (§3.3).
    tombstone: bool = False
    # A cancel before anybody scanned a till's code also stops the code (§3.3, 4).
    cancel_stops_code: bool = True
    # ``error`` of a pay that waits for the password (§2.4).
    waiting_error: str = "USER_PAYING"
    # ``error`` of a pay without store_id, which risk control intercepts (§2.2).
    no_store_error: str = "ACCESS_FORBIDDEN"
    # ``error`` of a query for an unknown id: the pages show this and TRANS_NOT_FOUND (§3.2).
    query_unknown_error: str = "TRADE_NOT_EXIST"
    # ``error`` of a refund of an unknown payment: also seen as TRADE_NOT_EXIST (§3.4).
    refund_unknown_error: str = "PURCHASE_TRADE_NOT_EXIST"
    # ``error`` of a synchronous refund between 00:00 and 01:30 in Beijing (§3.4).
    blackout_error: str = "SYSTEM_ERROR"
    # Seconds that the review of a store takes (§5.2).
    review_seconds: str = "2"
    # Where the answers about stores stand: ``response`` as everywhere, or ``root`` (§5.1).
    registration_answer: str = "response"
    # Does a payment that was cancelled stand in the settlement file, as a pair of rows (§6.3)?
    cancel_settles: bool = False
    # ``result_code`` beside blackout_error.
    blackout_result: str = "UNKNOW"


def read(settings: list[str]) -> Readings:
    """Readings from ``name=value`` texts; raises ValueError for a name that is none."""
    values: dict[str, str | bool] = {}
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not equals or name not in Readings.__dataclass_fields__:
            raise ValueError(f"no such reading: {setting!r}")
        is_switch = isinstance(getattr(Readings(), name), bool)
        if is_switch and value not in ("true", "false"):
            raise ValueError(f"{name} is true or false")
        values[name] = value == "true" if is_switch else value
    return Readings(**values)  # type: ignore[arg-type]  # names and kinds were checked
