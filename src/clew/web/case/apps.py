"""The app `case`."""

from django.apps import AppConfig


class CaseConfig(AppConfig):
    """The app `case`."""

    name = "clew.web.case"
    label = "case"
