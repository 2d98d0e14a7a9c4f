from django.apps import AppConfig


class InsuranceConfig(AppConfig):
    name = "netterms.insurance"
    label = "insurance"
