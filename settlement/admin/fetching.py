"""Fetching in the console: where a partner account's files lie, and which of them are expected."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from settlement.models import ExpectedFile, FilePlace, SchemeFile
from settlement.services.file_places import check_place, look_again, try_place
from settlement.state import Expected, labels
from tenancy.acting_admin import Act, Acting, Confirm, Done
from tenancy.links import link
from tenancy.listing.filters import among
from tenancy.owned_admin import OwnedAdmin, OwnedForm
from tenancy.read_only import ReadOnly
from tenancy.showing import show_moment, show_status


class FilePlaceForm(OwnedForm):
    """Takes a new password; the one that is kept is never shown."""

    new_password = forms.CharField(
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        required=False,
        max_length=128,
        help_text="Empty: it stays as it is.",
    )

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        self.instance.password = cleaned.get("new_password") or self.instance.password
        if account := cleaned.get("partner_account"):
            self.instance.acquirer_id = account.acquirer_id
        return cleaned

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if not self.errors:
            self.check_with_service(check_place, self.instance)


def _try(request: HttpRequest, place: FilePlace, said: dict[str, Any]) -> Done:
    found = try_place(place)
    return Done(found, messages.SUCCESS if found[0].isdigit() else messages.ERROR)


def _look(request: HttpRequest, place: FilePlace, said: dict[str, Any]) -> Done:
    return Done(_("%(count)s files are looked for now.") % {"count": look_again(place)})


TRY = Act(
    name="try",
    label="Test the connection",
    permission="settlement.change_fileplace",
    form=Confirm,
    run=_try,
    facts=lambda it: [("Address", f"{it.host}:{it.port}"), ("Host key", it.host_key)],
    warning="The server is logged in to, and its folder is listed.",
)
LOOK = Act(
    name="look",
    label="Look for files now",
    permission="settlement.change_fileplace",
    form=Confirm,
    run=_look,
    warning="All that is expected and not there yet is looked for at once.",
)


@admin.register(FilePlace)
class FilePlaceAdmin(Acting, OwnedAdmin):
    """One for each partner account; without one, files are uploaded by hand."""

    acts = (TRY, LOOK)
    form = FilePlaceForm
    list_display = ("partner_account", "host", "fetched_from", "missing_from", "is_active",
                    "acquirer")  # fmt: skip
    list_select_related = ("partner_account", "acquirer")
    fields = (
        "buttons", "partner_account", "host", "port", "username", "new_password", "host_key",
        "folder", "fetched_from", "missing_from", "calendar", "is_active",
    )  # fmt: skip
    fixed_fields = ("partner_account", "buttons")
    secret_fields = frozenset({"password"})

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        left_out = {"buttons"} if obj is None else set()
        if obj is not None and not self.has_change_permission(request, obj):
            left_out = {"new_password"}
        return [name for name in super().get_fields(request, obj) if name not in left_out]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        look_again(obj)


@admin.register(ExpectedFile)
class ExpectedFileAdmin(ReadOnly, OwnedAdmin):
    """What is waited for, what was found, and when it is looked for next."""

    list_display = ("business_date", "kind", "result", "said", "next", "partner_account",
                    "acquirer")  # fmt: skip
    list_filter = (
        among("state", "state", labels(Expected)),
        among("kind", "kind", SchemeFile.Kind.choices),
        "livemode",
    )
    list_select_related = ("partner_account", "acquirer")
    fields = ("business_date", "kind", "result", "said", "tries", "next", "file_page", "told",
              "partner_account")  # fmt: skip
    readonly_fields = ("result", "next", "file_page", "told")
    ordering = ("-business_date", "-pk")

    @admin.display(description="state")
    def result(self, row: ExpectedFile) -> SafeString:
        return show_status(row.state)

    @admin.display(description="looked for next")
    def next(self, row: ExpectedFile) -> str | None:
        return show_moment(row.due_at)

    @admin.display(description="file")
    def file_page(self, row: ExpectedFile) -> SafeString | None:
        return None if row.file is None else link(row.file.public_id)

    @admin.display(description="operations were told")
    def told(self, row: ExpectedFile) -> str | None:
        return show_moment(row.told_at)
