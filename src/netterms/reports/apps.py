from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "netterms.reports"
    label = "reports"
