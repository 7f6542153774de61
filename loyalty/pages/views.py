"""Joining by a link, and the card that is shown afterwards. Nobody is signed in here."""

from base64 import b64encode
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods
from rest_framework.request import Request

from api.attempts import AttemptsPerAddress
from kernel.errors import Conflict, Unavailable
from loyalty import join_links
from loyalty.card_numbers import show_card_number
from loyalty.cards import barcode_svg, qr_svg
from loyalty.join_links import JoinLink
from loyalty.member_state import MemberStatus, ProgrammeStatus
from loyalty.models import Member, Programme
from loyalty.pages.forms import JoinForm
from loyalty.selectors import find_programme
from loyalty.services.join import join
from tenancy.scope import platform_scope, tenant_scope

_VIEW = Callable[..., HttpResponse]


class _Looks:
    """How often one address may look at these pages, and send the form."""

    attempts = (120, 600)


class _Joins:
    attempts = (20, 600)


def _in_their_language(view: _VIEW) -> _VIEW:
    @wraps(view)
    def inner(request: HttpRequest, **kept: Any) -> HttpResponse:
        with translation.override(translation.get_language_from_request(request)):
            answer = view(request, **kept)
        answer.headers.setdefault(
            "Content-Language", translation.get_language_from_request(request)
        )
        answer.headers["Referrer-Policy"] = "no-referrer"  # the address is the key
        patch_vary_headers(answer, ("Accept-Language", "Cookie"))
        return answer

    return inner


@never_cache
@require_http_methods(["GET", "POST"])
@_in_their_language
def join_page(request: HttpRequest, token: str) -> HttpResponse:
    """GET: the form. POST: join, and go on to the card; the same form twice is one member."""
    if not _may_try(request, _Joins() if request.method == "POST" else _Looks()):
        return _say(request, "busy", 429)
    link = join_links.read_link(token)
    if link is None:
        return _say(request, "over", 410)
    with tenant_scope(link.acquirer_id, link.merchant_id):
        programme = find_programme(link.merchant_id)
        if programme is None or programme.status != ProgrammeStatus.ACTIVE:
            return _say(request, "closed", 410)
        return _join(request, link, programme)


def _join(request: HttpRequest, link: JoinLink, programme: Programme) -> HttpResponse:
    if request.method == "GET":
        form = JoinForm(initial={"form": join_links.new_form()})
        return render(request, "loyalty/join.html", {"form": form, "programme": programme})
    form = JoinForm(request.POST)
    member_id = join_links.read_form(request.POST.get("form", ""))
    if member_id is None:
        return _say(request, "old", 400)
    if not form.is_valid():
        content = {"form": form, "programme": programme}
        return render(request, "loyalty/join.html", content, status=400)
    with suppress(Conflict):  # the same form again: its member is there
        join(
            programme,
            form.to_application(),
            merchant_id=link.merchant_id,
            livemode=link.livemode,
            recorded_by="customer",
            member_id=member_id,
        )
    return redirect("loyalty_card", join_links.write_card(member_id))


@never_cache
@require_GET
@_in_their_language
def card_page(request: HttpRequest, token: str) -> HttpResponse:
    """The card, for a day after joining; of a member who was forgotten, or is unknown, none."""
    if not _may_try(request, _Looks()):
        return _say(request, "busy", 429)
    member_id = join_links.read_card(token)
    member = _find_member(member_id) if member_id else None
    if member is None or member.card_number is None:
        return _say(request, "over", 410)
    return render(
        request,
        "loyalty/card.html",
        {
            "member": member,
            "number": show_card_number(member.card_number),
            "qr": _data(qr_svg(member.card_number)),
            "barcode": _data(barcode_svg(member.card_number)),
        },
    )


def _find_member(member_id: UUID) -> Member | None:
    with platform_scope():  # the token names one row
        rows = Member.objects.select_related("programme").filter(id=member_id)
        return rows.exclude(status=MemberStatus.FORGOTTEN).first()


def _data(svg: bytes) -> str:
    return f"data:image/svg+xml;base64,{b64encode(svg).decode()}"


def _may_try(request: HttpRequest, what: Any) -> bool:
    try:
        return AttemptsPerAddress().allow_request(Request(request), what)
    except Unavailable:
        return False  # nobody can count: nothing is tried


def _say(request: HttpRequest, why: str, status: int) -> HttpResponse:
    return render(request, "loyalty/sorry.html", {"why": why}, status=status)
