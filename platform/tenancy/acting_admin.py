"""Buttons on a row's page, each with a page that asks first: what staff may do beside editing.

An act is a name in the address, a permission, a form, and a function that calls a service. What
the row's state does not permit is shown with the reason instead of a link.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from kernel.errors import TillgateError
from tenancy.links import admin_url


@dataclass(frozen=True, slots=True)
class Done:
    """What to say after an act; ``shown_once`` is a secret for this one answer, ``about`` the
    public id of what was made, whose page is shown next."""

    text: str
    level: int = messages.SUCCESS
    shown_once: str = ""
    about: str = ""


@dataclass(frozen=True, slots=True)
class Act:
    """One button. ``closed`` says in words why it is closed for a row, or "".

    ``is_out_of_place`` leaves it out where naming it would only confuse; it stays closed, too.
    """

    name: str
    label: str
    permission: str
    form: Callable[..., forms.Form]
    run: Callable[[HttpRequest, Any, dict[str, Any]], Done]
    closed: Callable[[HttpRequest, Any], str] = lambda request, row: ""
    warning: str = ""
    is_dangerous: bool = False
    facts: Callable[[Any], Sequence[tuple[str, Any]]] = lambda row: ()
    is_out_of_place: Callable[[Any], bool] = lambda row: False


def in_words(refusal: TillgateError) -> str:
    """A service's refusal in the reader's language, where its sentence is a fixed one."""
    if refusal.errors:
        return " ".join(gettext(fault.message) for fault in refusal.errors)
    return gettext(refusal.detail)


def why() -> forms.CharField:
    """The field for a reason, as long as services take one."""
    room = forms.Textarea(attrs={"rows": 2, "maxlength": 256})
    return forms.CharField(min_length=3, max_length=256, widget=room)


def day(**facts: Any) -> forms.DateField:
    """The field for a day, with the browser's own calendar; ``facts`` are a field's."""
    return forms.DateField(
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **facts
    )


class Confirm(forms.Form):
    """Asks nothing but whether."""

    def __init__(self, *args: Any, row: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row = row


class Reason(Confirm):
    """Asks why."""

    reason = why()


class Acting(admin.ModelAdmin):  # type: ignore[type-arg]
    """Mix in before OwnedAdmin, list ``acts``, and put "buttons" among the fields."""

    acts: ClassVar[tuple[Act, ...]] = ()

    class Media:
        css: ClassVar[dict[str, list[str]]] = {"all": ["console/panels.css"]}

    @classmethod
    def add_act(cls, act: Act) -> None:
        """A button that an app above puts on this page, while everything is loaded."""
        assert act.name not in {each.name for each in cls.acts}, act.name  # noqa: S101
        cls.acts = (*cls.acts, act)

    def get_urls(self) -> Any:
        options = self.opts
        name = f"{options.app_label}_{options.model_name}_act"
        view = self.admin_site.admin_view(self.act_view)
        return [path("<path:object_id>/act/<slug:act>/", view, name=name), *super().get_urls()]

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        if obj is not None:
            obj.asked_by = request  # for ``buttons``, which is given the row alone
        return super().get_form(request, obj, change=change, **kwargs)

    @admin.display(description="")
    def buttons(self, row: Any) -> SafeString:
        """Every act of the person's role, as a link or with the reason why not."""
        request = row.asked_by
        shown = [
            {
                "act": act,
                "url": self._url(row, act),
                "closed": act.closed(request, row),
            }
            for act in self.acts
            if request.user.has_perm(act.permission) and not act.is_out_of_place(row)
        ]
        return render_to_string("tenancy/acts.html", {"shown": shown})

    def act_view(self, request: HttpRequest, object_id: str, act: str) -> HttpResponse:
        """Ask, then do; a service's refusal is shown in its words and nothing has happened."""
        row, chosen = self._find(request, object_id, act)
        if closed := chosen.closed(request, row):
            return self._back(request, row, Done(closed, messages.ERROR))
        form = chosen.form(request.POST if request.method == "POST" else None, row=row)
        if request.method != "POST" or not form.is_valid():
            return self._ask(request, row, chosen, form)
        try:
            done = chosen.run(request, row, form.cleaned_data)
        except TillgateError as refusal:
            form.add_error(None, in_words(refusal))
            return self._ask(request, row, chosen, form)
        self.log_change(request, row, f"{chosen.label}: {done.text}"[:255])
        if done.shown_once:
            return self.show_once(request, row, done)
        return self._back(request, row, done)

    def _find(self, request: HttpRequest, object_id: str, name: str) -> tuple[Any, Act]:
        row = self.get_object(request, object_id)
        act = next((each for each in self.acts if each.name == name), None)
        if row is None or act is None:
            raise Http404
        if not (self.has_view_permission(request, row) and request.user.has_perm(act.permission)):
            raise PermissionDenied
        return row, act

    def _url(self, row: Any, act: Act) -> str:
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_act"
        return reverse(name, args=[row.pk, act.name])

    def _page(self, row: Any) -> str:
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
        return reverse(name, args=[row.pk])

    def _back(self, request: HttpRequest, row: Any, done: Done) -> HttpResponse:
        self.message_user(request, done.text, done.level)
        about = done.about and admin_url(done.about)
        return HttpResponseRedirect(about or self._page(row))

    def _ask(self, request: HttpRequest, row: Any, act: Act, form: forms.Form) -> HttpResponse:
        context = self._context(request, row, act) | {"form": form, "facts": act.facts(row)}
        context["media"] = self.media + form.media
        status = 400 if form.errors else 200
        return TemplateResponse(request, "tenancy/confirm.html", context, status=status)

    def show_once(self, request: HttpRequest, row: Any, done: Done) -> HttpResponse:
        """The secret itself, in this one answer: no redirect, so nothing has to keep it meanwhile.

        Like every page of the admin it says ``no-store``.
        """
        context = self._context(request, row, None) | {"done": done, "title": str(row)}
        return TemplateResponse(request, "tenancy/shown_once.html", context)

    def _context(self, request: HttpRequest, row: Any, act: Act | None) -> dict[str, Any]:
        return {
            **self.admin_site.each_context(request),
            "title": act.label if act else "",
            "opts": self.opts,
            "original": row,
            "act": act,
            "back": self._page(row),
            "media": self.media,
        }
