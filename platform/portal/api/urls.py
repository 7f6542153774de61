"""Addresses below /v1/ of this app."""

from django.urls import path

from portal.api import launches
from portal.api.insights import view_of
from portal.api.status import Status
from portal.insights.reports import REPORTS

_LAUNCH = "launches/<str:launch_id>"

urlpatterns = [
    path("launches", launches.Launches.as_view()),
    path(_LAUNCH, launches.OneLaunch.as_view()),
    path(f"{_LAUNCH}/preview", launches.LaunchPreview.as_view()),
    path(f"{_LAUNCH}/result", launches.LaunchResult.as_view()),
    path(f"{_LAUNCH}/launch", launches.SendLaunch.as_view()),
    path(f"{_LAUNCH}/stop", launches.StopLaunch.as_view()),
    path("status", Status.as_view()),
    *(path(f"insights/{name}", view_of(report)) for name, report in REPORTS.items()),
]
