"""A merchant's papers in the admin: added, listed, and taken away as files."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from unfold.widgets import UnfoldAdminFileFieldWidget

from kernel.errors import NotFound
from merchants.models import Document
from merchants.services.documents import check_file, keep_document, name_of, open_document
from tenancy.owned_admin import OwnedAdmin, OwnedForm, OwnedInline
from tenancy.read_only import ReadOnly
from tenancy.signed_in import staff_of


class DocumentForm(OwnedForm):
    """A paper of a merchant; the service looks at its first bytes."""

    file = forms.FileField(
        widget=UnfoldAdminFileFieldWidget(),
        help_text="PDF, PNG or JPEG; at most 10 MB. It is kept private.",
    )

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        if file := cleaned.get("file"):
            self.check_with_service(check_file, file)
        if merchant := cleaned.get("merchant"):
            self.instance.acquirer_id = merchant.acquirer_id
        return cleaned


@admin.display(description="file")
def link_of(row: Document) -> SafeString:
    """The way to the file, for who may read it."""
    address = reverse("admin:merchants_document_file", args=[row.pk])
    return format_html('<a class="tg-link" href="{}">{}</a>', address, row.file_name)


class DocumentRows(ReadOnly, OwnedInline):
    model = Document
    fields = ("kind", "link", "size_bytes", "added_by", "created_at")
    readonly_fields = fields
    ordering = ("-id",)

    @admin.display(description="file")
    def link(self, row: Document) -> SafeString:
        return link_of(row)


@admin.register(Document)
class DocumentAdmin(ReadOnly, OwnedAdmin):
    form = DocumentForm
    autocomplete_fields = ("merchant",)
    fields = ("merchant", "kind", "link", "content_type", "size_bytes", "sha256", "added_by",
              "created_at", "public_id")  # fmt: skip
    readonly_fields = fields
    list_display = ("file_name", "merchant", "kind", "added_by", "created_at")
    list_filter = ("kind",)
    list_select_related = ("merchant",)
    search_fields = ("merchant__display_name", "merchant__scheme_merchant_id")

    @admin.display(description="file")
    def link(self, row: Document) -> SafeString:
        return link_of(row)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm("merchants.add_document"))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["merchant", "kind", "file"] if obj is None else super().get_fields(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else super().get_readonly_fields(request, obj)

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Any:
        said = form.cleaned_data
        form.save_m2m = lambda: None
        actor = staff_of(request).actor
        return keep_document(said["merchant"], said["file"], kind=said["kind"], actor=actor)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """``save_form`` has kept it."""

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> Any:
        """Who came from a merchant's page goes back there."""
        if "merchant" in request.GET and "_save" in request.POST:
            self.message_user(request, _("%(row)s was added.") % {"row": obj}, messages.SUCCESS)
            return redirect("admin:merchants_merchant_change", obj.merchant_id)
        return super().response_add(request, obj, post_url_continue)

    def get_urls(self) -> Any:
        view = self.admin_site.admin_view(self.file_view)
        name = "merchants_document_file"
        return [path("<path:object_id>/file/", view, name=name), *super().get_urls()]

    def file_view(self, request: HttpRequest, object_id: str) -> FileResponse:
        """The file as a download; a browser never shows it as a page of ours."""
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404
        if not self.has_view_permission(request, row):
            raise PermissionDenied
        try:
            opened = open_document(row)
        except NotFound:
            raise Http404 from None
        answer = FileResponse(
            opened, as_attachment=True, filename=name_of(row), content_type=row.content_type
        )
        answer["X-Content-Type-Options"] = "nosniff"
        return answer
