"""The Django app of the shared look."""

from django.apps import AppConfig


class LookConfig(AppConfig):
    name = "netterms.doors.look"
    label = "look"
