from django.apps import AppConfig


class LimitsConfig(AppConfig):
    name = "netterms.limits"
    label = "limits"
