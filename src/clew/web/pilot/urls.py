"""Addresses of the app `pilot`."""

from django.urls import path, register_converter

from clew.web.identifiers import PilotId
from clew.web.pilot import pages

register_converter(PilotId, "pilot")

urlpatterns = [
    path("pilots/<pilot:pilot>", pages.pilot, name="pilot"),
    path("pilots/<pilot:pilot>/protocol.toml", pages.protocol, name="pilot-protocol"),
    path("pilots/<pilot:pilot>/report.html", pages.report, name="pilot-report"),
]
