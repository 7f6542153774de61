"""Every address of the platform."""

from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularRedocView

from api import contract
from config import health, metrics

urlpatterns = [
    path("v1/", include("merchants.api.urls")),
    path("v1/", include("payments.api.urls")),
    path("v1/", include("loyalty.api.urls")),
    path("v1/", include("settlement.api.urls")),
    path("v1/", include("portal.api.urls")),
    path("v1/openapi.json", contract.openapi, name="openapi"),
    path(
        "docs",
        SpectacularRedocView.as_view(url_name="openapi", template_name="api/docs.html"),
        name="docs",
    ),
    path("alipay/", include("payments.api.notify_urls")),
    path("till/", include("till.urls")),
    path("join/", include("loyalty.pages.urls")),
    path("admin/", admin.site.urls),
    path("account/", include("tenancy.signin.urls")),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", metrics.metrics),
]
handler400 = "config.error_pages.bad_request"
handler403 = "config.error_pages.forbidden"
handler404 = "config.error_pages.not_found"
handler500 = "config.error_pages.server_error"
