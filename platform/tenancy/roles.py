"""Who may do what, and who sees what: tables, of which docs/reference/roles.md is made."""

from django.db import models


class Role(models.TextChoices):
    OPERATOR = "operator", "Operator (the platform itself)"
    OWNER = "owner", "Owner"
    OPERATIONS = "operations", "Operations"
    FINANCE = "finance", "Finance"
    SUPPORT = "support", "Support"
    AUDITOR = "auditor", "Auditor"


_READ = frozenset({"view"})
_EDIT = frozenset({"view", "add", "change"})
_OPERATE = frozenset({"view", "change"})  # nothing new: switch off and on, send again
# By name of the button: payments are asked about, cancelled, refunded; breaks resolved; and what
# one person proposed is approved by another (proposals.kinds).
_HANDLE = frozenset({"view", "query", "cancel", "refund"})
_RESOLVE = frozenset({"view", "resolve"})
_APPROVE = frozenset({"view", "approve"})
_SEND = frozenset({"view", "send"})  # a store's registration goes to Alipay once more
_BRING = frozenset({"view", "add"})  # a sheet is brought and taken, and never edited
_EXPORT = frozenset({"view", "export"})  # the trail, and insights, as a file
# A merchant is drafted, submitted, approved, suspended and closed (merchants.onboarding).
_CALL = _EDIT | {"delete"}  # a contact who has left is taken away
_PAY_TO = frozenset({"view", "change", "approve"})  # a bank account, by two people
_TAKE_ON = _EDIT | {"move", "approve"}
_KEYS = _EDIT | {"approve"}  # a live key, and a partner account's keys, by two people
_ADJUST = frozenset({"view", "add", "approve"})  # a merchant's money, above a limit by two people
_PRICE = frozenset({"view", "add", "approve"})  # what merchants are charged, what pays them: by two
# A payment file is made by one person, approved by another, and taken to the bank.
_PAY = frozenset({"view", "add", "approve", "send"})
_LAUNCH = _EDIT | {"send", "export"}  # a segment gets its coupons; who got which, as a file
_CARE = frozenset({"view", "change", "adjust", "forget"})  # for a member, above a limit by two
_SECURE = frozenset({"view", "secure"})  # who of an acquirer needs a second factor
_EVERYTHING = (
    _CARE | _SECURE | _TAKE_ON | _EXPORT | _HANDLE | _RESOLVE | _APPROVE | _SEND | {"delete"}
)

# A programme, and the rules that stand on its page.
_LOYALTY = {
    "loyalty.programme": _EDIT,
    "loyalty.participation": _CALL,
    "loyalty.earnrule": _CALL,
    "loyalty.burnrule": _CALL,
    "loyalty.categoryrule": _CALL,
    "loyalty.tier": _CALL,
    "loyalty.cardtemplate": _EDIT | _SEND,
}

# role -> model ("app.model", or "*") -> actions. What is not listed is refused.
PERMISSIONS: dict[Role, dict[str, frozenset[str]]] = {
    Role.OPERATOR: {"*": _EVERYTHING},
    Role.OWNER: {
        "*": _READ,
        "tenancy.staff": _EDIT,
        "tenancy.acquirer": _SECURE,
        "tenancy.auditentry": _EXPORT,
        "merchants.partneraccount": _KEYS,
        "merchants.merchant": _TAKE_ON,
        "merchants.contact": _CALL,
        "merchants.document": _BRING,
        "merchants.bankaccount": _PAY_TO,
        "merchants.store": _EDIT,
        "merchants.terminal": _EDIT,
        "merchants.apikey": _KEYS,
        "merchants.acquirerkey": _EDIT,
        "merchants.registration": _SEND,
        "merchants.merchantimport": _BRING,
        "events.webhookendpoint": _OPERATE,
        "payments.payment": _HANDLE,
        "payments.refund": _APPROVE,
        "payments.break": _RESOLVE | _APPROVE,
        "proposals.twopeoplerule": _EDIT | _APPROVE,
        "settlement.schedule": _EDIT,
        "settlement.adjustment": _ADJUST,
        "settlement.feeplan": _BRING,
        "settlement.feeversion": _PRICE,
        "settlement.feeassignment": _PRICE,
        "settlement.vatrate": _BRING,
        "settlement.issuer": _EDIT,
        "settlement.export": _BRING,
        "settlement.payingaccount": _PRICE,
        "settlement.paymentfile": _PAY,
        "settlement.bankfile": _BRING,
        "settlement.journal": _BRING,
        "settlement.break": _RESOLVE | _APPROVE,
        "settlement.schemefile": _BRING,
        "settlement.fileplace": _EDIT,
        "portal.banner": _EDIT,
        "loyalty.product": _EDIT,
        "loyalty.catalogueimport": _BRING,
        "loyalty.recommendationterms": _EDIT,
        "loyalty.ruleset": _READ,
        "loyalty.rule": _READ,
        "loyalty.campaign": _EDIT,
        "loyalty.codeorder": _READ,
        "loyalty.launch": _LAUNCH,
        "loyalty.coupon": _READ,
        "loyalty.redemption": _READ,
        **_LOYALTY,
        "loyalty.member": _CARE | _APPROVE,
        "portal.analysis": _EXPORT,
    },
    Role.OPERATIONS: {
        "merchants.merchant": _TAKE_ON,
        "merchants.contact": _CALL,
        "merchants.document": _BRING,
        "merchants.bankaccount": frozenset({"view", "change"}),
        "merchants.store": _EDIT,
        "merchants.terminal": _EDIT,
        "merchants.apikey": _KEYS,
        "merchants.registration": _SEND,
        "merchants.merchantimport": _BRING,
        "payments.payment": _HANDLE,
        "payments.refund": _READ,
        "payments.break": _RESOLVE,
        "payments.notification": _READ,
        "payments.refusednotification": _READ,
        "events.webhookendpoint": _OPERATE,
        "events.delivery": _READ,
        "events.event": _READ,
        "proposals.proposal": _READ,
        "proposals.twopeoplerule": _READ,
        "portal.incident": _READ,
        "portal.banner": _EDIT,
        "loyalty.campaign": _EDIT,
        "loyalty.codeorder": _READ,
        "loyalty.launch": _LAUNCH,
        "loyalty.coupon": _READ,
        "loyalty.redemption": _READ,
        "portal.analysis": _EXPORT,
        "settlement.export": _BRING,
        "loyalty.product": _EDIT,
        "loyalty.catalogueimport": _BRING,
        "loyalty.recommendationterms": _EDIT,
        "loyalty.ruleset": _READ,
        "loyalty.rule": _READ,
        "settlement.expectedfile": _READ,
        "settlement.fileplace": _READ,
        **_LOYALTY,
        "loyalty.member": _CARE,
        "loyalty.pointsentry": _READ,
        "loyalty.consent": _READ,
    },
    Role.FINANCE: {
        "portal.analysis": _EXPORT,
        "merchants.merchant": _READ,
        "merchants.contact": _READ,
        "merchants.document": _READ,
        "merchants.bankaccount": _PAY_TO,
        "merchants.store": _READ,
        "payments.payment": frozenset({"view", "query", "refund"}),
        "payments.refund": _APPROVE,
        "payments.break": _RESOLVE | _APPROVE,
        "proposals.proposal": _READ,
        "proposals.twopeoplerule": _READ,
        "ledger.transaction": _READ,
        "ledger.entry": _READ,
        "ledger.account": _READ,
        "settlement.batch": _READ,
        "settlement.payout": _READ,
        "settlement.payingaccount": _PRICE,
        "settlement.paymentfile": _PAY,
        "settlement.bankfile": _BRING,
        "settlement.journal": _BRING,
        "settlement.bankstatement": _READ,
        "settlement.bankentry": _READ,
        "settlement.bookscheck": _READ,
        "settlement.break": _RESOLVE | _APPROVE,
        "settlement.schemefile": _BRING,
        "settlement.note": _READ,
        "settlement.expectedfile": _READ,
        "settlement.fileplace": _READ,
        "settlement.run": _READ,
        "settlement.line": _READ,
        "settlement.export": _BRING,
        "settlement.adjustment": _ADJUST,
        "settlement.feeplan": _BRING,
        "settlement.feeversion": _PRICE,
        "settlement.feeassignment": _PRICE,
        "settlement.vatrate": _BRING,
        "settlement.issuer": _EDIT,
        "settlement.feeinvoice": _READ,
        "settlement.schedule": _EDIT,
        "loyalty.campaign": _READ,
        "loyalty.codeorder": _READ,
        "loyalty.launch": _READ,
        "loyalty.redemption": _READ,
        "loyalty.programme": _READ,
        "loyalty.pointsentry": _READ,
        "loyalty.member": frozenset({"approve"}),
    },
    Role.SUPPORT: {
        "merchants.merchant": _READ,
        "merchants.contact": _READ,
        "merchants.bankaccount": _READ,
        "merchants.store": _READ,
        "merchants.terminal": _READ,
        "merchants.registration": _READ,
        "payments.payment": _READ,
        "payments.refund": _READ,
        "payments.break": _READ,
        "events.webhookendpoint": _READ,
        "events.delivery": _READ,
        "events.event": _READ,
        "portal.incident": _READ,
        "portal.banner": _READ,
        "loyalty.campaign": _READ,
        "loyalty.codeorder": _READ,
        "loyalty.redemption": _READ,
        "loyalty.programme": _READ,
        "loyalty.member": _READ,
        "loyalty.pointsentry": _READ,
        "loyalty.consent": _READ,
    },
    Role.AUDITOR: {
        "*": _READ,
        "tenancy.auditentry": _EXPORT,
        "settlement.export": _BRING,
        "portal.analysis": _EXPORT,
    },
}

# role -> model -> columns of which it sees only the end (tenancy.masking). Of JSON and of kept
# messages that is what names inside say is a person's. A test knows columns that look personal.
MASKED: dict[Role, dict[str, frozenset[str]]] = {
    Role.SUPPORT: {
        "merchants.merchant": frozenset(
            {"registration_number", "responsible_name", "responsible_id"}
        ),
        "merchants.contact": frozenset({"contact_name", "email", "phone"}),
        "merchants.bankaccount": frozenset({"holder", "account_number", "bank_code"}),
        "merchants.registration": frozenset({"evidence"}),
        "events.webhookendpoint": frozenset({"contact_email"}),
        "events.event": frozenset({"payload"}),
        "payments.payment": frozenset({"payer_account", "metadata"}),
        "payments.attempt": frozenset({"request", "response"}),
        "payments.break": frozenset({"ours", "theirs"}),
        "payments.notification": frozenset({"body"}),
        "payments.refusednotification": frozenset({"body"}),
        "proposals.proposal": frozenset({"before", "after", "found", "payload"}),
        "loyalty.member": frozenset({"card_number", "person_name", "phone", "email"}),
    }
}


def is_allowed(role: str, permission: str) -> bool:
    """Whether ``role`` has ``permission`` (``"merchants.add_store"``)."""
    app, _, name = permission.partition(".")
    action, _, model = name.partition("_")
    granted = PERMISSIONS[Role(role)]
    return action in granted.get("*", ()) or action in granted.get(f"{app}.{model}", ())


def masked_columns(role: str) -> dict[str, frozenset[str]]:
    """What ``role`` sees only the end of, by model (``"payments.payment"``)."""
    return MASKED.get(Role(role), {})


def has_module(role: str, app_label: str) -> bool:
    """Whether ``role`` may see anything of the app."""
    return any(name == "*" or name.startswith(f"{app_label}.") for name in PERMISSIONS[Role(role)])
