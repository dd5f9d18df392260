"""What every page knows of the service."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def service(request: HttpRequest) -> dict[str, Any]:  # Any: values of the templates
    """Return the body that runs this service."""
    return {"organisation": settings.CLEW["CLEW_ORGANISATION"]}
