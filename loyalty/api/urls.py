"""The addresses of loyalty in the REST API."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
