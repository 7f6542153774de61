"""Staff in the admin. Their table has no tenant policy, so the page narrows.

Nobody types a password for somebody else: whoever is added gets a link to choose one.
"""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from tenancy.acting_admin import Act, Acting, Confirm, Done
from tenancy.models import Staff
from tenancy.owned_admin import OwnedAdmin, OwnedForm, is_operator, own_rows
from tenancy.roles import Role
from tenancy.signed_in import staff_of
from tenancy.signin import people
from tenancy.signin.factors import has_factor


class StaffForm(OwnedForm):
    """Offers the roles that the asker may give."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "role" in self.fields and self.staff.acquirer_id is not None:
            roles = [(value, label) for value, label in Role.choices if value != Role.OPERATOR]
            self.fields["role"].choices = roles  # type: ignore[attr-defined]

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


def _invite(request: HttpRequest, row: Staff, cleaned: dict[str, Any]) -> Done:
    if link := people.invite(row):
        return Done(_("No mail is set up here: give this link to %s.") % row.name, shown_once=link)
    return Done(_("A link was sent to %s.") % row.email)


def _sign_out(request: HttpRequest, row: Staff, cleaned: dict[str, Any]) -> Done:
    people.sign_out(row)
    return Done(_("%s is signed out everywhere.") % row.name)


def _reset(request: HttpRequest, row: Staff, cleaned: dict[str, Any]) -> Done:
    people.reset_factors(row, by=staff_of(request))
    return Done(_("%s must set up a new second factor.") % row.name)


def _cannot_invite(request: HttpRequest, row: Staff) -> str:
    return "" if row.is_active else _("This person may not sign in.")


def _cannot_reset(request: HttpRequest, row: Staff) -> str:
    if row.pk == request.user.pk:
        return _("Nobody resets their own second factor: ask a colleague.")
    return "" if has_factor(row) else _("This person has none.")


@admin.register(Staff)
class StaffAdmin(Acting, OwnedAdmin):
    """An owner keeps the staff of their acquirer; nobody but the operator makes operators."""

    form = StaffForm
    fields = ("buttons", "acquirer", "email", "name", "role", "is_active", "last_login")
    readonly_fields = ("buttons", "last_login")
    # Who could write another's address could have a link to their account sent to himself.
    fixed_fields = ("acquirer", "email")
    secret_fields = frozenset({"password"})
    list_display = ("email", "name", "role", "acquirer", "is_active", "last_login")
    list_filter = ("role", "is_active", "acquirer")
    list_select_related = ("acquirer",)
    search_fields = ("email", "name")
    acts: ClassVar[tuple[Act, ...]] = (
        Act(
            "invite",
            "Send a link to choose a password",
            "tenancy.change_staff",
            Confirm,
            _invite,
            closed=_cannot_invite,
        ),
        Act("sign-out", "Sign out everywhere", "tenancy.change_staff", Confirm, _sign_out),
        Act(
            "reset-factors",
            "Reset the second factor",
            "tenancy.change_staff",
            Confirm,
            _reset,
            closed=_cannot_reset,
            warning="Be sure that it is this person who asks: until they set up a new one, their "
            "password alone opens the door.",
            is_dangerous=True,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return own_rows(request, super().get_queryset(request), "acquirer_id")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = super().get_fields(request, obj)
        return [name for name in fields if obj is not None or name not in {"buttons", "last_login"}]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            obj.set_unusable_password()
            if not is_operator(request):
                obj.acquirer_id = staff_of(request).acquirer_id
        super().save_model(request, obj, form, change)

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        """On to the page that asks whether to send the link."""
        messages.success(request, _("%s was added and has no password yet.") % obj.email)
        name = "admin:tenancy_staff_act"
        return HttpResponseRedirect(reverse(name, args=[obj.pk, "invite"]))
