"""Addresses of work that was handed over."""

from django.urls import URLPattern, URLResolver, path

from clew.web.work import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("progress/<uuid:key>", views.work, name="work"),
    path("progress/<uuid:key>/stop", views.stop, name="work-stop"),
]
