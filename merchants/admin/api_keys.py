"""API keys in the admin: shown once, in the answer to the form that made them."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from merchants.models import ApiKey
from merchants.services.api_keys import check_api_key, issue, revoke_api_key
from merchants.state import ALL_SCOPES
from tenancy.models import Staff
from tenancy.owned_admin import OwnedAdmin, OwnedForm


class ApiKeyForm(OwnedForm):
    """A key is of its merchant's acquirer, and may do one thing at least."""

    scopes = forms.MultipleChoiceField(
        choices=[(scope, scope) for scope in ALL_SCOPES],
        initial=list(ALL_SCOPES),
        widget=forms.CheckboxSelectMultiple,
    )

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        merchant = cleaned.get("merchant")
        if merchant is None or self.errors:
            return cleaned
        self.instance.acquirer_id = merchant.acquirer_id
        if (terminal := cleaned.get("terminal")) and not cleaned.get("store"):
            self.cleaned_data["store"] = terminal.store
        return cleaned

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if not self.errors:
            self.check_with_service(check_api_key, self.instance)


@admin.register(ApiKey)
class ApiKeyAdmin(OwnedAdmin):
    """Nobody deletes a key: a revoked one still says who could do what, and when."""

    form = ApiKeyForm
    fields = (
        "merchant",
        "store",
        "terminal",
        "label",
        "livemode",
        "scopes",
        "allowed_networks",
        "expires_at",
    )
    facts = (
        "public_id",
        "lookup",
        "revoked_at",
        "last_used_at",
        "last_used_from",
        "created_by",
        "created_at",
    )
    fixed_fields = ("merchant", "store", "terminal", "livemode", *facts)
    secret_fields = frozenset({"digest"})
    autocomplete_fields = ("merchant", "store", "terminal")
    list_display = ("label", "merchant", "store", "livemode", "lookup", "is_usable", "last_used_at")
    list_filter = ("livemode",)
    list_select_related = ("merchant", "store")
    search_fields = ("label", "lookup", "merchant__display_name")
    actions = ("revoke",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = super().get_fields(request, obj)
        return fields if obj is None else [*fields, *self.facts]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            obj.created_by = request.user
            obj.text_shown_once = issue(obj)
            return
        super().save_model(request, obj, form, change)

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        """The key itself, in this one answer: no redirect, so nothing has to keep it meanwhile.

        Like every page of the admin it says ``no-store``.
        """
        context = {
            **self.admin_site.each_context(request),
            "title": "API key issued",
            "key": obj,
            "text": obj.text_shown_once,
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/merchants/apikey/issued.html", context)

    @admin.action(description="Revoke the selected API keys", permissions=["change"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> None:
        """At once and for ever."""
        keys = list(queryset.filter(revoked_at=None))
        for key in keys:
            revoke_api_key(key, revoked_by=_staff(request))
            self.log_change(request, key, "Revoked.")
        self.message_user(request, f"{len(keys)} revoked.", messages.SUCCESS)

    @admin.display(boolean=True, description="usable")
    def is_usable(self, key: ApiKey) -> bool:
        return key.is_usable


def _staff(request: HttpRequest) -> Staff:
    assert isinstance(request.user, Staff)  # noqa: S101 - the admin has let nobody else in
    return request.user
