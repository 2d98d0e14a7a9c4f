from django.apps import AppConfig


class TermsConfig(AppConfig):
    name = "netterms.terms"
    label = "terms"
