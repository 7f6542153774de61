"""Sheets in the console, of whatever kind: brought, checked, looked at, taken."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from merchants.models import SheetImport
from merchants.services.sheet_work import SheetWork, Status
from merchants.sheets.reading import BYTES_LIMIT, Known
from tenancy.acting_admin import Act, Acting, Confirm, Done
from tenancy.owned_admin import OwnedAdmin, OwnedForm
from tenancy.read_only import ReadOnly
from tenancy.signed_in import staff_of

_MEGABYTES = BYTES_LIMIT // 1024**2


def sheet_form(rows: int) -> type[OwnedForm]:
    """The form for a file with at most so many ``rows``; what is in it is checked by a worker."""

    class SheetForm(OwnedForm):
        file = forms.FileField(
            label="sheet",
            help_text=f"CSV in UTF-8 or XLSX; at most {rows} rows and {_MEGABYTES} MB. "
            "Nothing is taken before you have seen the result.",
        )

        def clean_file(self) -> Any:
            file = self.cleaned_data["file"]
            if file.size > BYTES_LIMIT:
                raise forms.ValidationError(f"The file is larger than {_MEGABYTES} MB.")
            return file

    return SheetForm


def take_act(work: SheetWork[Any, Any], facts: Callable[[Any], Sequence[tuple[str, Any]]]) -> Act:
    """The button that has a good sheet taken, with what that makes."""

    def run(request: HttpRequest, row: SheetImport, said: dict[str, Any]) -> Done:
        work.have_taken(row.id, actor=staff_of(request).actor)
        return Done(_("The sheet is being taken; this page shows how far it is."))

    return Act(
        name="take",
        label="Take the sheet",
        permission=_may_bring(work.model._meta),
        form=Confirm,
        run=run,
        closed=lambda request, row: "" if row.status == Status.READY else row.get_status_display(),
        facts=facts,
    )


def _may_bring(of: Any) -> str:
    """Who brings a sheet may have it taken."""
    return f"{of.app_label}.add_{of.model_name}"


class SheetAdmin(Acting, ReadOnly, OwnedAdmin):
    """One kind of sheet; ``whose`` says from the form whose it is."""

    work: ClassVar[SheetWork[Any, Any]]
    columns: ClassVar[Sequence[Known]]
    outcome_template: ClassVar[str]

    list_filter = ("status",)
    secret_fields = frozenset({"content"})

    def whose(self, request: HttpRequest, said: dict[str, Any]) -> dict[str, Any]:
        """The columns of a new sheet that say whose it is."""
        raise NotImplementedError

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm(_may_bring(self.opts)))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else super().get_readonly_fields(request, obj)

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Any:
        file, whose = form.cleaned_data["file"], self.whose(request, form.cleaned_data)
        form.save_m2m = lambda: None
        return self.work.bring(
            file_name=file.name, content=file.read(), actor=staff_of(request).actor, **whose
        )

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """``save_form`` has brought it."""

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        """On to its page, where the check is under way."""
        page = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
        return HttpResponseRedirect(reverse(page, args=[obj.pk]))

    @admin.display(description="what it would do")
    def outcome(self, row: SheetImport) -> SafeString:
        return render_to_string(self.outcome_template, {"row": row})

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = kwargs.get("obj")
        context["is_working"] = row is not None and row.due_at is not None
        context["columns"] = self.columns
        context |= {"show_save_and_add_another": False, "show_save_and_continue": False}
        return super().render_change_form(request, context, *args, **kwargs)
