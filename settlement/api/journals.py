"""``/v1/journals``: an acquirer's books as files, for its own accounting."""

from typing import Any

from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.bodies import read_query
from api.pages import PageQuery, narrow, page
from api.schema import PROBLEMS, query_parameters
from kernel.clock import show_time
from merchants.api.acquirer.base import AcquirerView
from merchants.state import AcquirerScope
from settlement.api import objects
from settlement.files.serving import serve_file
from settlement.models import Journal
from settlement.services.make_journal import open_journal


class JournalQuery(PageQuery):
    """Without ``livemode`` journals of both."""

    form: Journal.Form | None = None
    livemode: bool | None = None


def show_journal(row: Journal) -> dict[str, Any]:
    """The journal object of the REST API; ``totals`` are minor units by currency."""
    return {
        "object": "journal",
        "id": row.public_id,
        "livemode": row.livemode,
        "form": row.form,
        "first_day": row.first_day.isoformat(),
        "last_day": row.last_day.isoformat(),
        "time_zone": row.zone,
        "rows": row.rows,
        "totals": row.totals,
        "name": row.name,
        "size": row.size_bytes,
        "sha256": row.sha256,
        "created_at": show_time(row.created_at),
    }


class Journals(AcquirerView):
    """``/v1/journals``."""

    scopes = {"GET": AcquirerScope.SETTLEMENTS_READ}
    http_method_names = ["get", "head"]

    @extend_schema(
        operation_id="list_journals",
        summary="List the acquirer's journals",
        responses={200: objects.JournalPage, **PROBLEMS},
        parameters=query_parameters(JournalQuery),
    )
    def get(self, request: Request) -> Response:
        query = read_query(JournalQuery, request.query_params)
        rows = narrow(Journal.objects.all(), form=query.form, livemode=query.livemode)
        return Response(page(rows, query, read_cursor=Journal.public_id_to_uuid, show=show_journal))


class JournalFile(AcquirerView):
    """``/v1/journals/{id}/file``."""

    scopes = {"GET": AcquirerScope.SETTLEMENTS_READ}
    http_method_names = ["get", "head"]

    @extend_schema(
        operation_id="get_journal_file",
        summary="Take a journal's file, whole or by ranges",
        responses={(200, "text/csv"): OpenApiTypes.BINARY, **PROBLEMS},
    )
    def get(self, request: Request, journal_id: str) -> HttpResponseBase:
        row = self.find(Journal, journal_id)
        return serve_file(
            open_journal(row, by=self.principal.actor),
            row,
            content_type="text/csv; charset=utf-8",
            headers=request.headers,
        )
