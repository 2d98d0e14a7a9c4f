from django.apps import AppConfig


class ScoringConfig(AppConfig):
    name = "netterms.scoring"
    label = "scoring"
