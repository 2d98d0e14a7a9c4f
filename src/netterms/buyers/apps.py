from django.apps import AppConfig


class BuyersConfig(AppConfig):
    name = "netterms.buyers"
    label = "buyers"
