from django.apps import AppConfig


class CheckoutConfig(AppConfig):
    name = "netterms.checkout"
    label = "checkout"
