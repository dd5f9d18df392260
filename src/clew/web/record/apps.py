"""The app `record`."""

from django.apps import AppConfig


class RecordConfig(AppConfig):
    """The app `record`."""

    name = "clew.web.record"
    label = "record"
