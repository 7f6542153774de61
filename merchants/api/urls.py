"""Addresses below /v1/ of this app."""

from django.urls import path

from merchants.api import event_views, pairings, views, webhook_deliveries
from merchants.api import webhook_endpoints as endpoints
from merchants.api.acquirer import (
    bank_views,
    contact_views,
    key_views,
    merchant_views,
    step_views,
    store_views,
)

_MERCHANT = "merchants/<str:merchant_id>"
_KEY = f"{_MERCHANT}/api_keys/<str:key_id>"

urlpatterns = [
    path("merchants", merchant_views.Merchants.as_view()),
    path(_MERCHANT, merchant_views.OneMerchant.as_view()),
    path(f"{_MERCHANT}/stores", store_views.MerchantStores.as_view()),
    path(f"{_MERCHANT}/stores/<str:store_id>", store_views.OneMerchantStore.as_view()),
    path(f"{_MERCHANT}/stores/<str:store_id>/terminals", store_views.StoreTerminals.as_view()),
    path(
        f"{_MERCHANT}/stores/<str:store_id>/terminals/<str:terminal_id>",
        store_views.OneStoreTerminal.as_view(),
    ),
    path(f"{_MERCHANT}/contacts", contact_views.MerchantContacts.as_view()),
    path(f"{_MERCHANT}/contacts/<str:contact_id>", contact_views.OneMerchantContact.as_view()),
    path(f"{_MERCHANT}/bank_accounts", bank_views.MerchantBankAccounts.as_view()),
    path(f"{_MERCHANT}/bank_account_proposals", bank_views.BankAccountProposals.as_view()),
    path(f"{_MERCHANT}/steps", step_views.MerchantSteps.as_view()),
    path(f"{_MERCHANT}/registrations", step_views.MerchantRegistrations.as_view()),
    path(
        f"{_MERCHANT}/registrations/<str:registration_id>/send",
        step_views.SendRegistration.as_view(),
    ),
    path(f"{_MERCHANT}/api_keys", key_views.MerchantApiKeys.as_view()),
    path(f"{_KEY}/roll", key_views.RollApiKey.as_view()),
    path(f"{_KEY}/revoke", key_views.RevokeApiKey.as_view()),
    path("pairings", pairings.Pairings.as_view()),
    path("pairing", pairings.OwnPairing.as_view()),
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
