from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "netterms.webhooks"
    label = "webhooks"
