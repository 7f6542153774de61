"""``/v1/launches``: precision marketing by an acquirer's own system."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_noop
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.bodies import read, read_query
from api.pages import narrow, page
from api.schema import IDEMPOTENCY_KEY, PROBLEMS, query_parameters
from kernel.errors import Conflict, FieldError, Rejected
from loyalty.models import Campaign, Launch, Programme
from loyalty.services.launch import stop_launch
from merchants.api.acquirer.base import AcquirerView
from merchants.models import Merchant
from merchants.state import AcquirerScope
from portal.api import launch_objects as shapes
from portal.marketing.preview import preview_launch
from portal.marketing.results import read_result
from portal.services.draft_launch import draft_launch
from portal.services.launch_segment import launch_segment

_NAMES: dict[type[Any], str] = {
    Campaign: "campaign", Programme: "programme", Merchant: "merchant",
}  # fmt: skip


class Launches(AcquirerView):
    """``/v1/launches``."""

    scopes = {"GET": AcquirerScope.COUPONS_READ, "POST": AcquirerScope.COUPONS_WRITE}

    @extend_schema(
        operation_id="list_launches",
        summary="List launches",
        responses={200: shapes.LaunchPage, **PROBLEMS},
        parameters=query_parameters(shapes.LaunchQuery),
    )
    def get(self, request: Request) -> Response:
        query = read_query(shapes.LaunchQuery, request.query_params)
        rows = Launch.objects.select_related("campaign")
        rows = narrow(rows, status=query.status, campaign_id=query.campaign)
        read_cursor = Launch.public_id_to_uuid
        return Response(page(rows, query, read_cursor=read_cursor, show=shapes.show_launch))

    @extend_schema(
        operation_id="draft_launch",
        summary="Draft a launch",
        request=shapes.DraftLaunch,
        responses={201: shapes.LaunchObject, 200: shapes.LaunchObject, **PROBLEMS},
        parameters=[IDEMPOTENCY_KEY],
    )
    def post(self, request: Request) -> Response:
        body = read(shapes.DraftLaunch, request.data)
        return self.once(Launch, lambda: _draft(body), shapes.show_launch)


class _OneLaunch(AcquirerView):
    scopes = {"GET": AcquirerScope.COUPONS_READ}
    http_method_names = ["get", "head"]

    def launch(self, launch_id: str) -> Launch:
        return self.find(Launch, launch_id)


class OneLaunch(_OneLaunch):
    """``/v1/launches/{id}``."""

    @extend_schema(
        operation_id="get_launch",
        summary="Read a launch, and how far it is",
        responses={200: shapes.LaunchObject, **PROBLEMS},
    )
    def get(self, request: Request, launch_id: str) -> Response:
        return Response(shapes.show_launch(self.launch(launch_id)))


class LaunchPreview(_OneLaunch):
    """``/v1/launches/{id}/preview``."""

    @extend_schema(
        operation_id="preview_launch",
        summary="Say what a draft would reach and cost now",
        responses={200: shapes.LaunchPreviewObject, **PROBLEMS},
    )
    def get(self, request: Request, launch_id: str) -> Response:
        launch = self.launch(launch_id)
        if not launch.is_draft:
            raise Conflict("launch_not_draft", "It was launched already.")
        return Response(shapes.show_launch_preview(launch, preview_launch(launch)))


class LaunchResult(_OneLaunch):
    """``/v1/launches/{id}/result``."""

    @extend_schema(
        operation_id="get_launch_result",
        summary="Compare what both groups have bought since",
        responses={200: shapes.LaunchResultObject, **PROBLEMS},
    )
    def get(self, request: Request, launch_id: str) -> Response:
        launch = self.launch(launch_id)
        if launch.is_draft:
            raise Conflict("launch_not_launched", "It is a draft: nothing has come of it yet.")
        return Response(shapes.show_launch_result(launch, read_result(launch)))


class SendLaunch(AcquirerView):
    """``/v1/launches/{id}/launch``."""

    scopes = {"POST": AcquirerScope.LAUNCHES_SEND}
    http_method_names = ["post"]

    @extend_schema(
        operation_id="launch",
        summary="Launch a draft: who is meant is written down, and gets coupons",
        request=None,
        responses={202: shapes.LaunchObject, 200: shapes.LaunchObject, **PROBLEMS},
        parameters=[IDEMPOTENCY_KEY],
    )
    def post(self, request: Request, launch_id: str) -> Response:
        launch = self.find(Launch, launch_id)
        by = self.principal.actor
        return self.once(
            Launch, lambda: launch_segment(launch, by=by), shapes.show_launch, status=202
        )


class StopLaunch(AcquirerView):
    """``/v1/launches/{id}/stop``."""

    scopes = {"POST": AcquirerScope.LAUNCHES_SEND}
    http_method_names = ["post"]

    @extend_schema(
        operation_id="stop_launch",
        summary="Issue no more coupons of a launch",
        request=None,
        responses={200: shapes.LaunchObject, **PROBLEMS},
        parameters=[IDEMPOTENCY_KEY],
    )
    def post(self, request: Request, launch_id: str) -> Response:
        launch = self.find(Launch, launch_id)
        why = gettext_noop("Stopped by an API key.")
        return self.once(
            Launch, lambda: stop_launch(launch, why=why), shapes.show_launch, status=200
        )


def _draft(body: shapes.DraftLaunch) -> Launch:
    programme: Programme = _named(Programme, body.programme)
    return draft_launch(
        _named(Campaign, body.campaign),
        programme,
        _named(Merchant, body.merchant) if body.merchant else None,
        body.segment.as_segment(programme),
        name=body.name,
        control_basis_points=body.control_basis_points,
        measured_days=body.measured_days,
        expected_basis_points=body.expected_basis_points,
        is_first_come=body.first_come,
    )


def _named(model: Any, row_id: UUID) -> Any:
    found = model.objects.filter(id=row_id).first()
    if found is None:
        name = _NAMES[model]
        fault = FieldError(name, "unknown", f"No such {model.PREFIX}_… id.")
        raise Rejected("invalid_request", f"Please correct: {name}.", errors=(fault,))
    return found
