"""``/v1/settlements/{id}/files``: a settlement's files, and their bytes."""

from typing import Any

from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.schema import PROBLEMS
from merchants.api.whole_merchant import WholeMerchantView, read_id
from merchants.state import Scope
from settlement import selectors
from settlement.api import objects
from settlement.files.serving import serve_file
from settlement.models import Batch, File
from settlement.services.open_file import open_file


def show_file(row: File) -> dict[str, Any]:
    """The file object of the REST API."""
    return {
        "object": "settlement_file",
        "name": row.name,
        "kind": row.kind,
        "content_type": row.content_type,
        "size": row.size_bytes,
        "sha256": row.sha256,
    }


class Files(WholeMerchantView):
    """``/v1/settlements/{id}/files``."""

    scopes = {"GET": Scope.SETTLEMENTS_READ}

    @extend_schema(
        operation_id="list_settlement_files",
        summary="List the files of a settlement",
        responses={200: objects.FileList, **PROBLEMS},
    )
    def get(self, request: Request, settlement_id: str) -> Response:
        batch = selectors.get_batch(self.principal, read_id(Batch.PREFIX, settlement_id))
        rows = batch.files.order_by("name")
        return Response({"data": [show_file(row) for row in rows]})


class OneFile(WholeMerchantView):
    """``/v1/settlements/{id}/files/{name}``."""

    scopes = {"GET": Scope.SETTLEMENTS_READ}

    @extend_schema(
        operation_id="get_settlement_file",
        summary="Take a file of a settlement, whole or by ranges",
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY, **PROBLEMS},
    )
    def get(self, request: Request, settlement_id: str, name: str) -> HttpResponseBase:
        batch = selectors.get_batch(self.principal, read_id(Batch.PREFIX, settlement_id))
        row = selectors.get_file(batch, name)
        return serve_file(
            open_file(row, by=self.principal.actor),
            row,
            content_type=row.content_type,
            headers=request.headers,
        )
