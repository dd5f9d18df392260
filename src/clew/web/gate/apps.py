"""The app `gate`."""

from django.apps import AppConfig


class GateConfig(AppConfig):
    """The app `gate`."""

    name = "clew.web.gate"
    label = "gate"
