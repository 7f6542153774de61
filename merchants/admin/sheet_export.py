"""What is there, to take away as a sheet that can be brought again."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar, Protocol

from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import path

from merchants.sheets.reading import Known
from merchants.sheets.writing import answer_csv, write_csv, write_xlsx
from tenancy.audit import note
from tenancy.signed_in import staff_of

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Exampled(Known, Protocol):
    """A column of which an example can be shown."""

    @property
    def example(self) -> str: ...


class SheetExport(ModelAdmin):  # type: ignore[type-arg]
    """Beside the list: an example, and what is there as CSV and as XLSX; each export is audited.

    ``exported`` is what it is called in the trail and in the files' names; who lacks
    ``export_permission`` gets nothing.
    """

    columns: ClassVar[Sequence[Exampled]]
    exported: ClassVar[str]
    export_permission: ClassVar[str]

    def rows_to_export(self) -> Iterable[list[str]]:
        """The header, then the rows of the scope in force."""
        raise NotImplementedError

    def get_urls(self) -> Any:
        answers = {"example.csv": self._example, "export.csv": self._csv, "export.xlsx": self._xlsx}
        names = {"example.csv": "example", "export.csv": "csv", "export.xlsx": "xlsx"}
        page = f"{self.opts.app_label}_{self.opts.model_name}"
        own = [
            path(place, self._guarded(answer), name=f"{page}_{names[place]}")
            for place, answer in answers.items()
        ]
        return own + super().get_urls()

    def _guarded(self, answer: Callable[[HttpRequest], HttpResponseBase]) -> Any:
        def view(request: HttpRequest) -> HttpResponseBase:
            if not request.user.has_perm(self.export_permission):
                raise PermissionDenied
            return answer(request)

        return self.admin_site.admin_view(view)

    def _example(self, request: HttpRequest) -> HttpResponse:
        rows = [[each.name for each in self.columns], [each.example for each in self.columns]]
        return _download(b"".join(write_csv(rows)), "text/csv", "example.csv")

    def _csv(self, request: HttpRequest) -> HttpResponseBase:
        self._note(request, "csv")
        return answer_csv(self.rows_to_export(), f"{self.exported}.csv")

    def _xlsx(self, request: HttpRequest) -> HttpResponse:
        self._note(request, "xlsx")
        content = write_xlsx(self.rows_to_export(), sheet_name=self.exported.title())
        return _download(content, _XLSX, f"{self.exported}.xlsx")

    def _note(self, request: HttpRequest, form: str) -> None:
        acquirer_id = staff_of(request).acquirer_id
        note("export", f"{self.exported}.{form}", acquirer_id=acquirer_id, detail={})


def _download(content: bytes, content_type: str, name: str) -> HttpResponse:
    named = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=content_type, headers=named)
