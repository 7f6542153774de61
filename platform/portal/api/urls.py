"""Addresses below /v1/ of this app."""

from django.urls import path

from portal.api.status import Status

urlpatterns = [path("status", Status.as_view())]
