"""A batch's files on its page in the admin: listed, and taken away."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.template.defaultfilters import filesizeformat
from django.urls import path, reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from kernel.errors import NotFound
from settlement import selectors
from settlement.files.serving import serve_file
from settlement.models import Batch
from settlement.services.open_file import open_file
from tenancy.owned_admin import OwnedAdmin
from tenancy.signed_in import staff_of

FILE_URL = "settlement_batch_file"


class WithFiles(OwnedAdmin):
    """The part of a batch's page that hands its files out."""

    @admin.display(description="files")
    def files(self, batch: Batch) -> SafeString:
        rows = (
            (reverse(f"admin:{FILE_URL}", args=[batch.pk, row.name]), row.name,
             filesizeformat(row.size_bytes))
            for row in batch.files.order_by("name")
        )  # fmt: skip
        return format_html_join("", '<p><a class="tg-link" href="{}">{}</a> ({})</p>', rows)

    def get_urls(self) -> Any:
        view = self.admin_site.admin_view(self.file_view)
        return [
            path("<path:object_id>/files/<str:file_name>", view, name=FILE_URL),
            *super().get_urls(),
        ]

    def file_view(self, request: HttpRequest, object_id: str, file_name: str) -> HttpResponseBase:
        """The file as a download; a browser never shows it as a page of ours."""
        batch = self.get_object(request, object_id)
        if batch is None:
            raise Http404
        if not self.has_view_permission(request, batch):
            raise PermissionDenied
        try:
            row = selectors.get_file(batch, file_name)
            opened = open_file(row, by=staff_of(request).actor)
        except NotFound:
            raise Http404 from None
        return serve_file(opened, row, content_type=row.content_type, headers=request.headers)
