from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "netterms.doors.console"
    label = "console"
