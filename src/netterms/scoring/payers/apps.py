from django.apps import AppConfig


class PayersConfig(AppConfig):
    name = "netterms.scoring.payers"
    label = "payers"
