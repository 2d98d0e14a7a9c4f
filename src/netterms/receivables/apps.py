from django.apps import AppConfig


class ReceivablesConfig(AppConfig):
    name = "netterms.receivables"
    label = "receivables"
