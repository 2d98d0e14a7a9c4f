"""Every address the server answers."""

from django.urls import URLPattern, URLResolver, include, path

from netterms.doors.api import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/", include("allauth.urls")),
    path("language/", include("django.conf.urls.i18n")),
    path("v1/", api.urls),
    path("", include("netterms.doors.console.urls")),
]
