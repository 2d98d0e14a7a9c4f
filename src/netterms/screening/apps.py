from django.apps import AppConfig


class ScreeningConfig(AppConfig):
    name = "netterms.screening"
    label = "screening"
