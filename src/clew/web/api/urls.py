"""Addresses of the API."""

from django.urls import URLPattern, URLResolver, path

from clew.web.api.v1 import api, nothing_here

urlpatterns: list[URLPattern | URLResolver] = [
    path("v1/", api.urls),
    path("<path:rest>", nothing_here),
]
