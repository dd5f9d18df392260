"""The app `govern`."""

from django.apps import AppConfig


class GovernConfig(AppConfig):
    """The app `govern`."""

    name = "clew.web.govern"
    label = "govern"
