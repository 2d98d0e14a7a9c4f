from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    name = "netterms.monitoring"
    label = "monitoring"
