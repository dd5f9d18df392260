"""The app `work`."""

from django.apps import AppConfig


class WorkConfig(AppConfig):
    """The app `work`."""

    name = "clew.web.work"
    label = "work"
