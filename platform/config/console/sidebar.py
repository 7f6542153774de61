"""The console's sidebar: pages grouped for the people who use them, and only those they may see."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

# Group -> pages, each a table and its icon. A page that nobody has listed stands in the last group.
GROUPS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        gettext_noop("Money"),
        (
            ("payments.payment", "payments"),
            ("payments.refund", "undo"),
            ("payments.break", "troubleshoot"),
            ("settlement.batch", "receipt_long"),
            ("settlement.payout", "send_money"),
            ("settlement.paymentfile", "upload"),
            ("settlement.payingaccount", "savings"),
            ("settlement.bankfile", "account_balance"),
            ("settlement.schedule", "calendar_month"),
            ("settlement.feeplan", "sell"),
            ("settlement.feeversion", "history_edu"),
            ("settlement.feeassignment", "assignment_ind"),
            ("settlement.vatrate", "percent"),
            ("settlement.feeinvoice", "request_quote"),
            ("settlement.issuer", "domain"),
            ("proposals.proposal", "approval"),
        ),
    ),
    (
        gettext_noop("Books"),
        (
            ("ledger.transaction", "menu_book"),
            ("ledger.entry", "format_list_numbered"),
            ("ledger.account", "account_tree"),
            ("settlement.journal", "summarize"),
            ("settlement.adjustment", "edit_note"),
            ("settlement.bookscheck", "fact_check"),
            ("settlement.break", "rule"),
            ("settlement.run", "compare_arrows"),
            ("settlement.schemefile", "draft"),
            ("settlement.bankstatement", "description"),
            ("settlement.bankentry", "list_alt"),
            ("settlement.expectedfile", "hourglass_empty"),
            ("settlement.line", "receipt"),
            ("settlement.export", "download"),
        ),
    ),
    (
        gettext_noop("Merchants"),
        (
            ("merchants.merchant", "storefront"),
            ("merchants.store", "location_on"),
            ("merchants.terminal", "point_of_sale"),
            ("merchants.registration", "how_to_reg"),
            ("merchants.merchantimport", "upload_file"),
            ("merchants.bankaccount", "account_balance_wallet"),
            ("merchants.document", "description"),
        ),
    ),
    (
        gettext_noop("Customers"),
        (
            ("portal.analysis", "insights"),
            ("loyalty.product", "shopping_bag"),
            ("loyalty.catalogueimport", "upload_file"),
            ("loyalty.recommendationterms", "recommend"),
            ("loyalty.rule", "hub"),
            ("loyalty.ruleset", "model_training"),
            ("loyalty.campaign", "sell"),
            ("loyalty.launch", "rocket_launch"),
            ("loyalty.codeorder", "qr_code_2_add"),
            ("loyalty.coupon", "confirmation_number"),
            ("loyalty.redemption", "redeem"),
            ("loyalty.programme", "loyalty"),
            ("loyalty.cardtemplate", "badge"),
            ("loyalty.member", "card_membership"),
            ("loyalty.pointsentry", "stars"),
        ),
    ),
    (
        gettext_noop("Developers"),
        (
            ("merchants.apikey", "key"),
            ("merchants.acquirerkey", "vpn_key"),
            ("events.webhookendpoint", "webhook"),
            ("events.delivery", "outbox"),
            ("events.event", "bolt"),
        ),
    ),
    (
        gettext_noop("Scheme"),
        (
            ("merchants.partneraccount", "handshake"),
            ("settlement.fileplace", "dns"),
            ("portal.incident", "crisis_alert"),
            ("portal.banner", "campaign"),
            ("payments.notification", "notifications"),
            ("payments.refusednotification", "notifications_off"),
        ),
    ),
    (
        gettext_noop("People and trail"),
        (
            ("tenancy.staff", "badge"),
            ("tenancy.acquirer", "account_balance"),
            ("proposals.twopeoplerule", "gavel"),
            ("tenancy.auditentry", "history"),
        ),
    ),
)
OTHERS = gettext_noop("More")


Entry = dict[str, Any]


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The groups of this person's role; a group of which they may see nothing is left out."""
    pages = {model._meta.label_lower: model for model in admin.site._registry}
    groups = [("", [_home(request), *_live(request)])]
    for title, listed in GROUPS:
        entries = [(pages.pop(name), icon) for name, icon in listed if name in pages]
        groups.append((_(title), list(_items(request, entries))))
    left = sorted(pages.items())
    groups.append((_(OTHERS), list(_items(request, [(model, "table") for _name, model in left]))))
    return [{"title": title, "items": items} for title, items in groups if items]


def _home(request: HttpRequest) -> Entry:
    page = reverse("admin:index")
    return _entry(_("Overview"), "home", page, is_open=request.path == page)


def _live(request: HttpRequest) -> Iterator[Entry]:
    if request.user.has_perm("portal.view_incident"):
        page = reverse("admin:portal_incident_live")
        yield _entry(_("Live health"), "monitor_heart", page, is_open=_is_at(request, page))


def _items(request: HttpRequest, entries: list[tuple[type[Model], str]]) -> Iterator[Entry]:
    language = get_language()
    for model, icon in entries:
        if admin.site._registry[model].has_view_permission(request):
            page = _list_of(model)
            yield _entry(_title(model, language), icon, page, is_open=_is_at(request, page))


# Sixty of these stand on every page, and none ever changes: to draw them was a sixth of its CPU.


@cache
def _list_of(model: type[Model]) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


@cache
def _title(model: type[Model], _language: str | None) -> str:
    """In the language in force, which is ``_language``."""
    return capfirst(str(model._meta.verbose_name_plural))


@cache
def _entry(title: str, icon: str, link: str, *, is_open: bool) -> Entry:
    entry = {"title": title, "icon": icon, "link": link, "active": is_open}
    return entry | {"html": render_to_string("unfold/helpers/app_list_entry.html", entry)}


def _is_at(request: HttpRequest, page: str) -> bool:
    return request.path.startswith(page)


def time_zone(request: HttpRequest) -> str:
    """Said once on every page: in which zone its times are."""
    return _("Times: %(zone)s") % {"zone": timezone.get_current_timezone_name()}
