"""Addresses below /v1/ of this app."""

from django.urls import path

from merchants.api import event_views, views, webhook_views

urlpatterns = [
    path("stores", views.Stores.as_view()),
    path("terminals", views.Terminals.as_view()),
    path("events", event_views.Events.as_view()),
    path("events/<str:event_id>", event_views.OneEvent.as_view()),
    path("webhook_endpoints", webhook_views.WebhookEndpoints.as_view()),
    path("webhook_endpoints/<str:endpoint_id>", webhook_views.OneWebhookEndpoint.as_view()),
    path("webhook_endpoints/<str:endpoint_id>/rotate_secret", webhook_views.RotateSecret.as_view()),
    path("webhook_endpoints/<str:endpoint_id>/test", webhook_views.SendTest.as_view()),
    path("webhook_endpoints/<str:endpoint_id>/replay", webhook_views.ReplayEvents.as_view()),
    path("webhook_endpoints/<str:endpoint_id>/deliveries", webhook_views.Deliveries.as_view()),
]
