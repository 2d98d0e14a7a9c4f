"""Addresses of the shop."""

from __future__ import annotations

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import include, path

from shop import views

urlpatterns = [
    path("", views.catalogue, name="catalogue"),
    path("basket", views.basket, name="basket"),
    path("checkout", views.checkout, name="checkout"),
    path("orders", views.orders, name="orders"),
    path("orders/<str:number>", views.order, name="order"),
    path("orders/<str:number>/ship", views.ship, name="ship"),
    path("join", views.join, name="join"),
    path("sign-in", LoginView.as_view(template_name="sign_in.html"), name="sign-in"),
    path("sign-out", LogoutView.as_view(), name="sign-out"),
    path("netterms", views.told, name="told"),
    path("language/", include("django.conf.urls.i18n")),
]
