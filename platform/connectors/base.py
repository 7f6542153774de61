"""The contract of a connector: one Protocol per flow, one kind of outcome for all.

The rule that everything else rests on: **only the scheme's explicit words end anything**. A
time-out, a broken body, a bad signature or a code that is in no table is ``UNKNOWN``, never
``FAILED`` and never ``SUCCEEDED``.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal, Protocol

from kernel.money import Money


class Result(StrEnum):
    """What one call to the scheme has told us."""

    SUCCEEDED = "succeeded"  # explicit: the thing asked for is done
    FAILED = "failed"  # explicit: it is not done, and will not be
    PENDING = "pending"  # explicit: the scheme is still at it (the customer types a password)
    UNKNOWN = "unknown"  # anything else: ask again


@dataclass(frozen=True, slots=True)
class PayRequest:
    """One scanned code. ``partner_trans_id`` names the payment at the scheme, for ever."""

    partner_trans_id: str
    amount: Money
    payment_code: str = field(repr=False)
    title: str  # shown in the customer's bill list; at most 256 characters
    created_at: datetime
    notify_url: str
    merchant_id: str  # the secondary merchant's id as registered at the scheme
    merchant_name: str
    merchant_mcc: str
    store_id: str
    store_name: str
    terminal_id: str | None = None


@dataclass(frozen=True, slots=True)
class PresentRequest:
    """One sale whose code the till will show; else as PayRequest."""

    partner_trans_id: str
    amount: Money
    title: str
    created_at: datetime
    lifetime_seconds: int  # after it nobody can pay; a scheme may round it up to its own unit
    notify_url: str
    merchant_id: str
    merchant_name: str
    merchant_mcc: str
    store_id: str
    store_name: str
    terminal_id: str | None = None


@dataclass(frozen=True, slots=True)
class RefundRequest:
    """Give back ``amount`` of a payment; repeated with the same ``partner_refund_id``."""

    partner_trans_id: str
    partner_refund_id: str
    amount: Money
    reason: str | None
    notify_url: str
    is_synchronous: bool  # False where the scheme refuses immediate refunds at this hour


@dataclass(frozen=True, slots=True)
class StoreRegistration:
    """A store with its merchant, as the scheme wants to know them before it pays there.

    Empty text: not known, and not sent.
    """

    merchant_id: str
    merchant_name: str  # the legal one
    store_id: str
    store_name: str
    store_country: str  # ISO 3166, two letters
    store_address: str
    mcc: str  # ISO 18245, four digits
    merchant_type: str  # ENTERPRISE | INDIVIDUAL
    register_country: str
    registration_number: str = ""
    register_address: str = ""
    responsible_name: str = ""  # shareholder of an enterprise, owner of a sole trader
    responsible_id: str = field(default="", repr=False)
    contact_phone: str = ""
    contact_email: str = ""


@dataclass(frozen=True, slots=True)
class TradeFacts:
    """What the scheme said about the trade; None where it did not say."""

    scheme_transaction_id: str | None = None
    payer_account: str | None = None  # already masked by the scheme: 159****5620
    payer_user_id: str | None = None
    payer_amount: Money | None = None  # what the customer paid, in the wallet's currency
    exchange_rate: str | None = None
    merchant_discount: Money | None = None  # a coupon that the merchant funds
    wallet: str | None = None  # "alipay" | "alipay_hk"
    paid_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """The call as it happened, masked, fit to be stored and shown to staff."""

    endpoint: str  # the address used, without query
    service: str  # the scheme's own name of the call
    request: dict[str, str]
    response: str | None  # masked body, at most 16 KiB; None if nothing came
    http_status: int | None
    duration_ms: int
    error: str | None = None  # what went wrong on our side of the wire: "read timed out"
    was_sent: bool = True  # False only if surely no byte of the request reached the scheme


@dataclass(frozen=True, slots=True)
class Contradiction:
    """The scheme's signed answer is about something else than we asked: it is not believed."""

    kind: Literal["other_amount", "other_trade"]
    said: dict[str, str]  # the fields that differ, in the scheme's own words


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer of pay, query, cancel and refund alike."""

    result: Result
    code: str | None  # the scheme's own code or state: SOUNDWAVE_PARSER_FAIL, WAIT_BUYER_PAY
    evidence: Evidence
    trade: TradeFacts = field(default_factory=TradeFacts)
    # A stable code of ours for failures: "payment_code_expired" … (see connectors.failures)
    failure_code: str | None = None
    message: str | None = None  # the scheme's words, for staff
    is_configuration_fault: bool = False  # ours or the contract's: staff must be alarmed
    # Query: the trade's existence, told apart from "not known".
    is_trade_missing: bool = False
    # Cancel: a repeat can help (retry_flag), and what was done ("close" | "refund").
    is_retryable: bool = True
    cancel_action: str | None = None
    contradiction: Contradiction | None = None
    # Present: the text that the till shows as a QR code.
    qr_code: str | None = None


@dataclass(frozen=True, slots=True)
class CardTemplate:
    """What members' cards of one programme look like in the wallet; nothing about any member."""

    name: str  # at most 10 characters
    logo_id: str  # pictures that the scheme has already, by its own ids
    background_id: str
    colour: str  # ``rgb(37,99,235)``


@dataclass(frozen=True, slots=True)
class CardOutcome:
    """The answer of a call about card templates; ``content`` is what a query found."""

    result: Result
    code: str | None
    evidence: Evidence
    message: str | None = None
    template_id: str | None = None
    content: CardTemplate | None = None


class CardIssuer(Protocol):
    """A scheme whose wallet holds members' cards."""

    def create_template(self, request_id: str, template: CardTemplate) -> CardOutcome:
        """SUCCEEDED: it is there, under ``template_id``. Repeated with the same ``request_id``."""

    def modify_template(
        self, request_id: str, template_id: str, template: CardTemplate
    ) -> CardOutcome:
        """SUCCEEDED: it looks so from now on. FAILED: refused, ``message`` says why."""

    def query_template(self, template_id: str) -> CardOutcome:
        """SUCCEEDED: ``content`` is what the scheme has."""


class Payer(Protocol):
    def pay(self, request: PayRequest) -> Outcome:
        """Charge a payment code. SUCCEEDED paid; FAILED not paid, final; else in doubt."""


class Presenter(Protocol):
    def present(self, request: PresentRequest) -> Outcome:
        """Ask for a code that the customer scans at the till; not to be repeated under its id.

        SUCCEEDED: ``qr_code`` can be shown; nothing is paid. FAILED: there is no code and never
        will be. UNKNOWN: a code may exist, and nobody has seen it.
        """


class Querier(Protocol):
    def query(self, *, partner_trans_id: str, amount: Money) -> Outcome:
        """The trade's true state.

        SUCCEEDED: paid (and the amount is ``amount``). FAILED: closed, never to be paid or taken
        back. PENDING: waits for the customer. UNKNOWN: no such trade (``is_trade_missing``), or
        no usable answer.
        """


class Canceler(Protocol):
    def cancel(self, *, partner_trans_id: str) -> Outcome:
        """Stop a trade or take a paid one back.

        SUCCEEDED: no money is or will be taken. FAILED: it cannot be cancelled any more (``code``
        says why: window closed, a refund exists). UNKNOWN: repeat.
        """


class Refunder(Protocol):
    def refund(self, request: RefundRequest) -> Outcome:
        """SUCCEEDED: given back. PENDING: recorded, not yet given back. FAILED: final no."""

    def query_refund(self, *, partner_trans_id: str, partner_refund_id: str) -> Outcome:
        """Where a refund stands. UNKNOWN with ``is_trade_missing``: it was never recorded."""


class Registrar(Protocol):
    def register(self, request: StoreRegistration) -> Outcome:
        """Announce a store, or what has changed of it; it may be repeated.

        PENDING: received, the scheme looks at it. FAILED: refused, ``message`` says why.
        """

    def registration(self, *, merchant_id: str, store_id: str) -> Outcome:
        """Where a registration stands.

        SUCCEEDED: the store may be paid. PENDING: still looked at. FAILED: refused, ``message``
        says why. UNKNOWN with ``is_trade_missing``: it was never announced.
        """


class Reachable(Protocol):
    def is_available(self) -> bool:
        """Whether a new payment would reach the scheme now. Answers at once, without a call."""

    def rests_until(self) -> datetime | None:
        """While no call at all would be made: when one may be tried next. Else None."""


class Connector(Payer, Presenter, Querier, Canceler, Refunder, Registrar, Reachable, Protocol):
    """A scheme that can do the whole life of a payment."""
