"""Addresses of the buyer's page, all below a link's token."""

from django.urls import URLPattern, path, register_converter
from django.urls.converters import StringConverter

from netterms.doors.portal import early, plans, views


class Token(StringConverter):
    """What a signed link is made of."""

    regex = "[A-Za-z0-9_.-]{20,200}"


register_converter(Token, "token")

urlpatterns: list[URLPattern] = [
    path("p/<token:token>/", views.account, name="portal"),
    path("p/<token:token>/statement/", views.statement, name="portal_statement"),
    path("p/<token:token>/promise/", views.promise, name="portal_promise"),
    path("p/<token:token>/dispute/", views.dispute, name="portal_dispute"),
    path("p/<token:token>/ask/", views.ask, name="portal_ask"),
    path("p/<token:token>/early/", early.early, name="portal_early"),
    path("p/<token:token>/plan/", plans.propose, name="portal_plan"),
    path("p/<token:token>/plans/<uuid:plan_id>/", plans.one, name="portal_plan_one"),
]
