"""Addresses below /till/."""

from django.urls import path

from till import views

urlpatterns = [
    path("", views.page, name="till"),
    path("manifest.webmanifest", views.manifest, name="till_manifest"),
    path("key", views.key, name="till_key"),
]
