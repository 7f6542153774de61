"""Of rows that each keep one file: a link to it on the row's page, and its download."""

from typing import IO, Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.template.defaultfilters import filesizeformat
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from kernel.errors import NotFound
from settlement.files.serving import serve_file
from tenancy.signed_in import staff_of


class KeptFile:
    """Before ReadOnly and OwnedAdmin, with ``bytes`` among the read-only fields."""

    opts: Any
    admin_site: Any
    file_type = "application/octet-stream"

    def open_kept(self, row: Any, by: str) -> IO[bytes]:
        """The file, for the actor ``by``, noted on the audit trail. Raises NotFound."""
        raise NotImplementedError

    @admin.display(description="file")
    def bytes(self, row: Any) -> SafeString:
        address = reverse(f"admin:{self._file_url()}", args=[row.pk])
        size = filesizeformat(row.size_bytes)
        return format_html('<a class="tg-link" href="{}">{}</a> ({})', address, row.name, size)

    def get_urls(self) -> Any:
        view = self.admin_site.admin_view(self.bytes_view)
        own: Any = super()
        return [path("<path:object_id>/bytes", view, name=self._file_url()), *own.get_urls()]

    def bytes_view(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """The file as a download; who took it is on the audit trail."""
        this: Any = self
        row = this.get_object(request, object_id)
        if row is None:
            raise Http404
        if not this.has_view_permission(request, row):
            raise PermissionDenied
        try:
            opened = self.open_kept(row, staff_of(request).actor)
        except NotFound:
            raise Http404 from None
        return serve_file(opened, row, content_type=self.file_type, headers=request.headers)

    def _file_url(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_bytes"
