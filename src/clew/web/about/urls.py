"""Addresses of the pages about the service itself."""

from django.urls import path

from clew.web.about import views

urlpatterns = [
    path("about", views.about, name="about"),
    path("glossary", views.glossary, name="glossary"),
    path("accessibility", views.accessibility, name="accessibility"),
    path("privacy", views.privacy, name="privacy"),
]
