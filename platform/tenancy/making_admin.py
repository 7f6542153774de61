"""The page that adds a row through a service: it asks, as an act does, and the service makes."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from kernel.errors import TillgateError
from tenancy.acting_admin import Act, Done, in_words
from tenancy.links import admin_url
from tenancy.models import Acquirer
from tenancy.signed_in import staff_of


def acquirer_of(request: HttpRequest) -> Acquirer:
    """Whose the row is that somebody makes: only staff of an acquirer do."""
    acquirer = staff_of(request).acquirer
    assert acquirer is not None  # noqa: S101 - see above
    return acquirer


class Making(admin.ModelAdmin):  # type: ignore[type-arg]
    """Mix in before ReadOnly and OwnedAdmin. ``making`` is run with no row; its form is given the
    request as ``row``. Only staff of an acquirer make: the row is theirs."""

    making: ClassVar[Act]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_of_an_acquirer = getattr(request.user, "acquirer_id", None) is not None
        return is_of_an_acquirer and bool(request.user.has_perm(self.making.permission))

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Ask, then make; a service's refusal is shown in its words and nothing was made."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        said = (request.POST, request.FILES) if request.method == "POST" else (None, None)
        form = self.making.form(*said, row=request)
        if request.method == "POST" and form.is_valid():
            try:
                return self._made(request, self.making.run(request, None, form.cleaned_data))
            except TillgateError as refusal:
                form.add_error(None, in_words(refusal))
        return self._ask_to_make(request, form)

    def _made(self, request: HttpRequest, done: Done) -> HttpResponse:
        self.message_user(request, done.text, done.level)
        return HttpResponseRedirect((done.about and admin_url(done.about)) or self._list())

    def _ask_to_make(self, request: HttpRequest, form: forms.Form) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": self.making.label,
            "opts": self.opts,
            "act": self.making,
            "back": self._list(),
            "form": form,
            "media": self.media + form.media,
        }
        status = 400 if form.errors else 200
        return TemplateResponse(request, "tenancy/confirm.html", context, status=status)

    def _list(self) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
