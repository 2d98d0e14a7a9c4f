from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "netterms.access"
    label = "access"
