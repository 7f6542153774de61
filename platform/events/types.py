"""Every kind of event there is, and what it says: one table for publishers, filters and docs."""

from enum import StrEnum


class EventType(StrEnum):
    """``object.what_happened``; a name is never changed and never means anything else."""

    PAYMENT_SUCCEEDED = "payment.succeeded"
    PAYMENT_FAILED = "payment.failed"
    PAYMENT_CANCELED = "payment.canceled"
    PAYMENT_CANCEL_REFUSED = "payment.cancel_refused"
    REFUND_SUCCEEDED = "refund.succeeded"
    REFUND_FAILED = "refund.failed"
    BREAK_OPENED = "break.opened"
    BREAK_MENDED = "break.mended"
    BREAK_RESOLVED = "break.resolved"
    SETTLEMENT_READY = "settlement.ready"
    PAYOUT_SENT = "payout.sent"
    PAYOUT_BOOKED = "payout.booked"
    PAYOUT_REJECTED = "payout.rejected"
    PAYOUT_RETURNED = "payout.returned"
    API_KEY_EXPIRING = "api_key.expiring"
    INCIDENT_OPENED = "incident.opened"
    INCIDENT_CLOSED = "incident.closed"
    ENDPOINT_TEST = "webhook_endpoint.test"
    ENDPOINT_DISABLED = "webhook_endpoint.disabled"


# What `data` holds, and when it comes; docs/reference/events.md is compared with this by a test.
MEANINGS: dict[EventType, tuple[str, str]] = {
    EventType.PAYMENT_SUCCEEDED: ("payment", "The money is taken."),
    EventType.PAYMENT_FAILED: ("payment", "Not taken, and it never will be."),
    EventType.PAYMENT_CANCELED: ("payment", "Stopped or given back; no money is with you."),
    EventType.PAYMENT_CANCEL_REFUSED: (
        "payment",
        "Your cancel came too late: it stays succeeded; refund it instead.",
    ),
    EventType.REFUND_SUCCEEDED: ("refund", "The money is given back."),
    EventType.REFUND_FAILED: ("refund", "Not given back; `failure` says why."),
    EventType.BREAK_OPENED: ("break", "Alipay's truth and ours differ; `message` says how."),
    EventType.BREAK_MENDED: ("break", "The difference is gone."),
    EventType.BREAK_RESOLVED: ("break", "Your acquirer has seen to it; `resolution` says how."),
    EventType.SETTLEMENT_READY: ("settlement", "A period was settled; `payout` says what is paid."),
    EventType.PAYOUT_SENT: ("payout", "Your acquirer's bank was told to pay it."),
    EventType.PAYOUT_BOOKED: ("payout", "It has left your acquirer's bank account for yours."),
    EventType.PAYOUT_REJECTED: (
        "payout",
        "The bank did not pay it; `reason` says why. The next settlement pays it again.",
    ),
    EventType.PAYOUT_RETURNED: (
        "payout",
        "Your bank sent it back; `reason` says why. The next settlement pays it again.",
    ),
    EventType.API_KEY_EXPIRING: (
        "api_key",
        "This key of yours ends within 14 days, or 3; without its text. Not told of a rolled key.",
    ),
    EventType.INCIDENT_OPENED: (
        "incident",
        "Live health has named a trouble of yours, or the same one came back within 15 minutes.",
    ),
    EventType.INCIDENT_CLOSED: ("incident", "That trouble is over."),
    EventType.ENDPOINT_TEST: ("webhook_endpoint", "You asked for a test of this endpoint."),
    EventType.ENDPOINT_DISABLED: (
        "webhook_endpoint",
        "Nothing is sent to this endpoint any more; `disabled_reason` says why.",
    ),
}
