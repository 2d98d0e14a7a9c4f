from django.apps import AppConfig


class CollectionConfig(AppConfig):
    name = "netterms.collection"
    label = "collection"
