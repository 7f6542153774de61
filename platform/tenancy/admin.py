"""Acquirers in the admin, and what every page of it shares."""

from typing import Any

from allauth.account import admin as account_admin  # noqa: F401 - registers what is removed below
from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from allauth.mfa import admin as mfa_admin  # noqa: F401 - likewise
from allauth.mfa.models import Authenticator
from allauth.usersessions import admin as usersessions_admin  # noqa: F401 - likewise
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth import admin as auth_admin  # noqa: F401 - registers what is removed below
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.views.generic import RedirectView

from tenancy import audit_admin, staff_admin  # noqa: F401 - register their pages
from tenancy.acting_admin import Act, Acting, Confirm, Done
from tenancy.models import Acquirer
from tenancy.owned_admin import OwnedAdmin, OwnedForm, own_rows
from tenancy.services import check_time_zone
from tenancy.signin import people

admin.site.site_header = admin.site.site_title = "Tillgate"
admin.site.index_title = "Acquirers and merchants"
admin.site.site_url = "/docs"
# Their rows hold secrets and other people's sessions; there are pages of our own for them.
for kept_away in (Group, Authenticator, UserSession, EmailAddress):
    admin.site.unregister(kept_away)  # and what people may do stands in tenancy.roles, not in rows
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
admin.site.password_change = RedirectView.as_view(  # type: ignore[assignment]
    pattern_name="account_change_password"
)


class AcquirerForm(OwnedForm):
    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        if "time_zone" in cleaned:
            self.check_with_service(check_time_zone, cleaned["time_zone"])
        return cleaned


def _ask_everybody(request: HttpRequest, row: Acquirer, cleaned: dict[str, Any]) -> Done:
    people.ask_of_everybody(row, True)
    return Done(_("Everybody needs a second factor from now on."))


def _ask_by_role(request: HttpRequest, row: Acquirer, cleaned: dict[str, Any]) -> Done:
    people.ask_of_everybody(row, False)
    return Done(_("Only the roles that move money need a second factor from now on."))


def _so_already(is_so: bool) -> str:
    return _("So it is already.") if is_so else ""


@admin.register(Acquirer)
class AcquirerAdmin(Acting, OwnedAdmin):
    """The operator's; an acquirer's own staff may look at theirs, and its owners secure it."""

    form = AcquirerForm
    acts = (
        Act(
            "ask-everybody",
            "Ask everybody for a second factor",
            "tenancy.secure_acquirer",
            Confirm,
            _ask_everybody,
            closed=lambda request, row: _so_already(row.second_factor_for_all),
            warning="Who has none can do nothing but set one up, with the next click.",
        ),
        Act(
            "ask-by-role",
            "Ask by role for a second factor",
            "tenancy.secure_acquirer",
            Confirm,
            _ask_by_role,
            closed=lambda request, row: _so_already(not row.second_factor_for_all),
            is_dangerous=True,
        ),
    )
    fields = (
        "buttons",
        "name", "slug", "country", "time_zone", "status", "second_factor_for_all",
        "approval_by_another", "created_at",
    )  # fmt: skip
    readonly_fields = ("buttons", "created_at")
    fixed_fields = ("slug",)
    list_display = ("name", "slug", "country", "status")
    list_filter = ("status",)
    search_fields = ("name", "slug")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = super().get_fields(request, obj)
        return [name for name in fields if obj is not None or name != "buttons"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return own_rows(request, super().get_queryset(request), "id")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if "status" in form.changed_data and not obj.is_active:
            people.shut_out(obj)
