"""The app `evaluate`."""

from django.apps import AppConfig


class EvaluateConfig(AppConfig):
    """The app `evaluate`."""

    name = "clew.web.evaluate"
    label = "evaluate"
