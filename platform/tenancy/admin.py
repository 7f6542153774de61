"""Acquirers and staff in the admin. Their tables have no tenant policy, so each page narrows."""

from typing import Any

from allauth.account import admin as account_admin  # noqa: F401 - registers what is removed below
from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from allauth.mfa import admin as mfa_admin  # noqa: F401 - likewise
from allauth.mfa.models import Authenticator
from allauth.usersessions import admin as usersessions_admin  # noqa: F401 - likewise
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import admin
from django.contrib.auth import admin as auth_admin  # noqa: F401 - registers what is removed below
from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.views.generic import RedirectView

from tenancy import audit_admin  # noqa: F401 - registers the audit trail
from tenancy.models import Acquirer, Staff
from tenancy.owned_admin import OwnedAdmin, OwnedForm, is_operator, own_rows
from tenancy.roles import Role
from tenancy.services import check_time_zone

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


@admin.register(Acquirer)
class AcquirerAdmin(OwnedAdmin):
    """The operator's; an acquirer's own staff may look at theirs."""

    form = AcquirerForm
    fields = (
        "name", "slug", "country", "time_zone", "status", "second_factor_for_all", "created_at",
    )  # fmt: skip
    readonly_fields = ("created_at",)
    fixed_fields = ("slug",)
    list_display = ("name", "slug", "country", "status")
    list_filter = ("status",)
    search_fields = ("name", "slug")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return own_rows(request, super().get_queryset(request), "id")


class StaffForm(OwnedForm):
    """Sets a password, and never shows one."""

    new_password = forms.CharField(
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        required=False,
        max_length=1024,
        strip=False,
        help_text="Empty: the password stays as it is.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "new_password" in self.fields and self.instance._state.adding:
            self.fields["new_password"].required = True
            self.fields["new_password"].help_text = ""
        if "role" in self.fields and self.staff.acquirer_id is not None:
            roles = [(value, label) for value, label in Role.choices if value != Role.OPERATOR]
            self.fields["role"].choices = roles  # type: ignore[attr-defined]

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        # Only now does the row know the name and address that a password must not resemble.
        if password := self.cleaned_data.get("new_password"):
            try:
                validate_password(password, self.instance)
            except ValidationError as weak:
                self.add_error("new_password", weak)


@admin.register(Staff)
class StaffAdmin(OwnedAdmin):
    """An owner keeps the staff of their acquirer; nobody but the operator makes operators."""

    form = StaffForm
    fields = ("acquirer", "email", "name", "role", "is_active", "new_password", "last_login")
    readonly_fields = ("last_login",)
    fixed_fields = ("acquirer",)
    secret_fields = frozenset({"password"})
    list_display = ("email", "name", "role", "acquirer", "is_active", "last_login")
    list_filter = ("role", "is_active", "acquirer")
    list_select_related = ("acquirer",)
    search_fields = ("email", "name")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return own_rows(request, super().get_queryset(request), "acquirer_id")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        may_edit = self.has_change_permission(request, obj) or self.has_add_permission(request)
        fields = super().get_fields(request, obj)
        return fields if may_edit else [name for name in fields if name != "new_password"]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change and not is_operator(request):
            obj.acquirer_id = request.user.acquirer_id  # type: ignore[union-attr]
        if form.cleaned_data.get("new_password"):
            obj.set_password(form.cleaned_data["new_password"])
        super().save_model(request, obj, form, change)
