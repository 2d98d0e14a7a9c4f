"""Every address the server answers."""

from django.urls import URLPattern, URLResolver, include, path, re_path

from netterms.doors.api import api
from netterms.doors.api.errors import nowhere
from netterms.doors.console.accounts import absent

handler500 = "netterms.doors.console.pages.broken"
urlpatterns: list[URLPattern | URLResolver] = [
    # What a person does stands under the address it signs in with: nobody changes that alone.
    re_path("^accounts/(?:confirm-)?email/", absent),
    path("accounts/", include("allauth.urls")),
    # Before the page that the library would put there.
    re_path("^v1/?$", nowhere),
    path("v1/", api.urls),
    path("v1/<path:rest>", nowhere),
    path("", include("netterms.doors.portal.urls")),
    path("", include("netterms.doors.console.urls")),
]
