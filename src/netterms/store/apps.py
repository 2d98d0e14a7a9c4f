from django.apps import AppConfig


class StoreConfig(AppConfig):
    name = "netterms.store"
    label = "store"
