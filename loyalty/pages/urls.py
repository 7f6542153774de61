"""Addresses below /join/."""

from django.urls import path

from loyalty.pages import views

urlpatterns = [
    path("card/<str:token>", views.card_page, name="loyalty_card"),
    path("<str:token>", views.join_page, name="loyalty_join"),
]
