"""Addresses below /v1/ of this app."""

from django.urls import path

from portal.api.insights import view_of
from portal.api.status import Status
from portal.insights.reports import REPORTS

urlpatterns = [
    path("status", Status.as_view()),
    *(path(f"insights/{name}", view_of(report)) for name, report in REPORTS.items()),
]
