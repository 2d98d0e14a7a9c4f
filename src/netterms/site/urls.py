"""Every address the server answers."""

from django.urls import URLPattern, URLResolver, include, path

from netterms.doors.api import api
from netterms.doors.api.errors import nowhere

urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/", include("allauth.urls")),
    path("v1/", api.urls),
    path("v1/<path:rest>", nowhere),
    path("", include("netterms.doors.console.urls")),
]
