"""Journals in the console: made for days that have ended, kept, and taken by accounting."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.template.defaultfilters import filesizeformat
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from kernel.errors import NotFound
from kernel.money import Money
from settlement.files.serving import serve_file
from settlement.models import Journal
from settlement.services.make_journal import make_journal, open_journal
from tenancy.acting_admin import Act, Confirm, Done
from tenancy.making_admin import Making
from tenancy.models import Staff
from tenancy.owned_admin import OwnedAdmin
from tenancy.read_only import ReadOnly
from tenancy.showing import mode_of, show_moment

_URL = "settlement_journal_bytes"


def _day(label: str) -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=label, widget=widget)


class JournalForm(Confirm):
    """Which days, of which money, and how fine."""

    mode = forms.ChoiceField(choices=[("live", lazy("live")), ("test", lazy("test"))])
    first_day = _day("First day")
    last_day = _day("Last day")
    form = forms.ChoiceField(label="Rows", choices=Journal.Form.choices)


def _make(request: HttpRequest, row: Any, said: dict[str, Any]) -> Done:
    staff = request.user
    assert isinstance(staff, Staff)  # noqa: S101 - the admin asked for a sign-in
    assert staff.acquirer is not None  # noqa: S101 - only they make
    made = make_journal(
        staff.acquirer, said["first_day"], said["last_day"],
        livemode=said["mode"] == "live", form=said["form"], actor=f"staff:{staff.email}",
    )  # fmt: skip
    return Done(_("The journal is made."), about=made.public_id)


@admin.register(Journal)
class JournalAdmin(Making, ReadOnly, OwnedAdmin):
    """The same days make the same bytes: compare the digests."""

    making = Act(
        name="make",
        label="Make a journal",
        permission="settlement.add_journal",
        form=JournalForm,
        run=_make,
    )
    list_display = ("name", "first_day", "last_day", "form", "rows", "made_by", "acquirer")
    list_filter = ("livemode", "form")
    list_select_related = ("acquirer",)
    fields = (
        "name", "bytes", "form", "mode", "first_day", "last_day", "zone", "rows", "moved",
        "sha256", "made_by", "made",
    )  # fmt: skip
    readonly_fields = ("mode", "bytes", "moved", "made")
    mode = mode_of

    class Media:
        css = {"all": ["console/panels.css"]}

    @admin.display(description="debits, which are the credits")
    def moved(self, row: Journal) -> str:
        return ", ".join(str(Money(minor, currency)) for currency, minor in row.totals.items())

    @admin.display(description="made")
    def made(self, row: Journal) -> str | None:
        return show_moment(row.created_at)

    @admin.display(description="file")
    def bytes(self, row: Journal) -> SafeString:
        address = reverse(f"admin:{_URL}", args=[row.pk])
        size = filesizeformat(row.size_bytes)
        return format_html('<a class="tg-link" href="{}">{}</a> ({})', address, row.name, size)

    def get_urls(self) -> Any:
        view = self.admin_site.admin_view(self.bytes_view)
        return [path("<path:object_id>/bytes", view, name=_URL), *super().get_urls()]

    def bytes_view(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """The file as a download."""
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404
        if not self.has_view_permission(request, row):
            raise PermissionDenied
        assert isinstance(request.user, Staff)  # noqa: S101 - the admin asked for a sign-in
        try:
            opened = open_journal(row, by=f"staff:{request.user.email}")
        except NotFound:
            raise Http404 from None
        return serve_file(
            opened,
            name=row.name,
            content_type="text/csv; charset=utf-8",
            sha256=row.sha256,
            size=row.size_bytes,
            headers=request.headers,
        )
