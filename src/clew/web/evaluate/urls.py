"""Addresses of data and looks."""

from django.urls import URLPattern, URLResolver, path

from clew.web.evaluate import looks, token_views, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("pilots/<pilot:pilot>/data", views.data, name="pilot-data"),
    path("pilots/<pilot:pilot>/data/<uuid:upload>", views.fetch, name="pilot-data-file"),
    path("pilots/<pilot:pilot>/data/<uuid:upload>/undo", views.undo, name="pilot-data-undo"),
    path("pilots/<pilot:pilot>/tokens", token_views.tokens, name="pilot-tokens"),
    path("pilots/<pilot:pilot>/tokens/<slug:sha256>/withdraw", token_views.withdraw, name="pilot-token-withdraw"),
    path("pilots/<pilot:pilot>/look", looks.look, name="pilot-look"),
    path("looks/<uuid:key>", looks.progress, name="look"),
]
