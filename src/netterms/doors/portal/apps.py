from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "netterms.doors.portal"
    label = "portal"
