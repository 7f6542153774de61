"""Addresses below /v1/ of this app."""

from django.urls import path

from merchants.api import event_views, views, webhook_deliveries
from merchants.api import webhook_endpoints as endpoints

urlpatterns = [
    path("stores", views.Stores.as_view()),
    path("terminals", views.Terminals.as_view()),
    path("events", event_views.Events.as_view()),
    path("events/<str:event_id>", event_views.OneEvent.as_view()),
    path("webhook_endpoints", endpoints.WebhookEndpoints.as_view()),
    path("webhook_endpoints/<str:endpoint_id>", endpoints.OneWebhookEndpoint.as_view()),
    path(
        "webhook_endpoints/<str:endpoint_id>/rotate_secret",
        endpoints.RotateSecret.as_view(),
    ),
    path("webhook_endpoints/<str:endpoint_id>/test", webhook_deliveries.SendTest.as_view()),
    path("webhook_endpoints/<str:endpoint_id>/replay", webhook_deliveries.ReplayEvents.as_view()),
    path("webhook_endpoints/<str:endpoint_id>/deliveries", webhook_deliveries.Deliveries.as_view()),
]
