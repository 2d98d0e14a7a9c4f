from django.apps import AppConfig


class EarlyPaymentConfig(AppConfig):
    name = "netterms.early_payment"
    label = "early_payment"
