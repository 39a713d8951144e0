"""Addresses: the interface for machines, the portal under a language prefix, and the front door that chooses one."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path, re_path

from ytterby.shell.portal.sign_in import front_door

urlpatterns = [
    path("", front_door),
    re_path(r"^api/v1(?=/|$)", include("ytterby.shell.api.urls")),
    *i18n_patterns(path("", include("ytterby.shell.portal.urls"))),
]

handler404 = "ytterby.shell.portal.not_found.not_found"
handler500 = "ytterby.shell.portal.not_found.server_error"
