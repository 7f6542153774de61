"""What a merchant, a store or a terminal can be, and what an API key may do."""

from enum import StrEnum


class Status(StrEnum):
    """Only ``active`` takes payments."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    CLOSED = "closed"


class Scope(StrEnum):
    """What an API key may be allowed; a call names the one it needs."""

    PAYMENTS_READ = "payments:read"
    PAYMENTS_WRITE = "payments:write"
    REFUNDS_READ = "refunds:read"
    REFUNDS_WRITE = "refunds:write"
    REFUNDS_WITH_PIN = "refunds:with_pin"  # as refunds:write, if the terminal's PIN is sent
    STORES_READ = "stores:read"
    EVENTS_READ = "events:read"
    INSIGHTS_READ = "insights:read"
    MEMBERS_READ = "members:read"
    MEMBERS_WRITE = "members:write"
    PRODUCTS_READ = "products:read"
    PRODUCTS_WRITE = "products:write"
    RECOMMENDATIONS_READ = "recommendations:read"
    RECOMMENDATIONS_WRITE = "recommendations:write"
    COUPONS_READ = "coupons:read"
    COUPONS_WRITE = "coupons:write"
    SETTLEMENTS_READ = "settlements:read"
    WEBHOOKS_READ = "webhooks:read"
    WEBHOOKS_WRITE = "webhooks:write"


ALL_SCOPES = tuple(scope.value for scope in Scope)
# What a web till gets when it is paired: a till that is left alone gives no money back.
TILL_SCOPES = (
    Scope.PAYMENTS_READ,
    Scope.PAYMENTS_WRITE,
    Scope.REFUNDS_READ,
    Scope.REFUNDS_WITH_PIN,
    Scope.STORES_READ,
)


class AcquirerScope(StrEnum):
    """What an acquirer key may be allowed: it looks after merchants and those who come back to
    them, and never moves money."""

    MERCHANTS_READ = "merchants:read"
    MERCHANTS_WRITE = "merchants:write"
    MERCHANTS_APPROVE = "merchants:approve"
    KEYS_READ = "keys:read"
    KEYS_WRITE = "keys:write"  # test keys
    LIVE_KEYS_WRITE = "live_keys:write"
    INSIGHTS_READ = "insights:read"
    SETTLEMENTS_READ = "settlements:read"
    BANK_ACCOUNTS_PROPOSE = "bank_accounts:propose"  # a person approves
    COUPONS_READ = "coupons:read"  # campaigns, launches, orders of codes
    COUPONS_WRITE = "coupons:write"  # drafts of launches
    LAUNCHES_SEND = "launches:send"  # launch, and stop: what promises a budget


ALL_ACQUIRER_SCOPES = tuple(scope.value for scope in AcquirerScope)
