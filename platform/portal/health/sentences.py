"""What is said about an incident: to staff what it is and where to look, to tills what to do."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.state import Kind

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

    from portal.models import Incident

# For staff: what it is, with its place, and what is usually behind it.
STAFF: "dict[Kind, tuple[StrPromise, StrPromise]]" = {
    Kind.SCHEME_SILENT: (
        gettext_lazy("Alipay leaves payments of {place} without an answer"),
        gettext_lazy(
            "Alipay itself, or our way to it: payments in doubt are driven on by themselves."
        ),
    ),
    Kind.SCHEME_SLOW: (
        gettext_lazy("Alipay answers {place} slowly"),
        gettext_lazy("Alipay itself, or our way to it: customers wait longer, nothing is lost."),
    ),
    Kind.ADDRESS_DOWN: (
        gettext_lazy("Alipay's address {place} fails"),
        gettext_lazy("One address: the other one is used meanwhile, if the account has one."),
    ),
    Kind.SET_UP_REFUSED: (
        gettext_lazy("Alipay refuses the set-up of {place}"),
        gettext_lazy(
            "A key, the contract, or a registration: look at a payment's story for Alipay's code."
        ),
    ),
    Kind.FAILING: (
        gettext_lazy("Most payments of {place} come to nothing"),
        gettext_lazy("Look at the reasons on its payments; Alipay may have closed it."),
    ),
    Kind.CODE_READS: (
        gettext_lazy("{place} reads many payment codes that Alipay does not know"),
        gettext_lazy("The till's scanner, or screens that are scanned too late."),
    ),
    Kind.CALLS_REFUSED: (
        gettext_lazy("Calls with one API key are refused: {place}"),
        gettext_lazy(
            "The key is revoked or expired, is used from another address, or lacks a scope: the "
            "till must be given another one, or the key's rules must change."
        ),
    ),
    Kind.SILENT: (
        gettext_lazy("No sales from {place}, where there are some at this hour"),
        gettext_lazy("The shop's network or its till program; or it is closed today."),
    ),
}

# For tills, in the languages of connectors.failures; kinds that a cashier can do nothing about,
# and that do not touch the sale, are not told.
TILL: dict[Kind, dict[str, str]] = {
    Kind.SCHEME_SILENT: {
        "en": "Alipay often does not answer at the moment. Offer another way to pay.",
        "zh-Hans": "支付宝目前经常没有响应。请提供其他支付方式。",
        "zh-Hant": "支付寶目前經常沒有回應。請提供其他付款方式。",
    },
    Kind.SCHEME_SLOW: {
        "en": "Alipay is slow at the moment. Please wait for the answer.",
        "zh-Hans": "支付宝目前响应较慢。请等待结果。",
        "zh-Hant": "支付寶目前回應較慢。請等待結果。",
    },
    Kind.SET_UP_REFUSED: {
        "en": "Alipay cannot be used here at the moment. Your acquirer is looking into it.",
        "zh-Hans": "目前无法使用支付宝。收单机构正在处理。",
        "zh-Hant": "目前無法使用支付寶。收單機構正在處理。",
    },
    Kind.FAILING: {
        "en": "Many Alipay payments fail here at the moment. Offer another way to pay.",
        "zh-Hans": "目前本店许多支付宝付款失败。请提供其他支付方式。",
        "zh-Hant": "目前本店許多支付寶付款失敗。請提供其他付款方式。",
    },
    Kind.CODE_READS: {
        "en": "Many codes cannot be read at this till. Clean the scanner, and scan fresh codes.",
        "zh-Hans": "本收银台许多付款码无法识别。请清洁扫码器并扫描新的付款码。",
        "zh-Hant": "本收銀台許多付款碼無法識別。請清潔掃描器並掃描新的付款碼。",
    },
}


def tell(incident: "Incident") -> str:
    """One line for staff: what, and where."""
    return str(STAFF[Kind(incident.kind)][0]).format(place=name_place(incident))


def explain(incident: "Incident") -> str:
    """What is usually behind it."""
    return str(STAFF[Kind(incident.kind)][1])


def name_place(incident: "Incident") -> str:
    """``Harbour Tea, Central, Till 2``; an account by its partner id; an address as it is."""
    if incident.address:
        return incident.address
    places = (incident.merchant, incident.store)
    names = [str(place) for place in places if place is not None]
    if incident.terminal is not None:
        names.append(incident.terminal.name)
    if incident.key is not None:
        names.append(str(incident.key))
    return ", ".join(names) or str(incident.partner_account)


def show_value(incident: "Incident") -> str:
    """``42% of 57 payments``; ``3400 ms, median of 57``."""
    told = {
        "value": f"{incident.value:.0f} ms",
        "share": f"{incident.value * 100:.0f}%",
        "count": incident.sample,
    }
    if incident.kind == Kind.SCHEME_SLOW:
        return _("%(value)s, the median of %(count)d answers") % told
    if incident.kind == Kind.SILENT:
        return _("%(share)s of the %(count)d payments expected") % told
    if incident.kind == Kind.CALLS_REFUSED:
        return _("%(count)d calls in ten minutes") % told
    if incident.kind == Kind.ADDRESS_DOWN:
        return _("%(share)s of %(count)d calls") % told
    return _("%(share)s of %(count)d payments") % told
