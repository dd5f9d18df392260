"""The app `pilot`."""

from django.apps import AppConfig


class PilotConfig(AppConfig):
    """The app `pilot`."""

    name = "clew.web.pilot"
    label = "pilot"
