"""Addresses of work that was handed over."""

from django.urls import URLPattern, URLResolver, path

from clew.web.work import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("work/<uuid:key>", views.work, name="work"),
    path("work/<uuid:key>/stop", views.stop, name="work-stop"),
]
