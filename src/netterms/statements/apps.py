from django.apps import AppConfig


class StatementsConfig(AppConfig):
    name = "netterms.statements"
    label = "statements"
