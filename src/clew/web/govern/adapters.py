"""How allauth makes accounts here: by invitation unless the service says otherwise, each with an office of its own."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.http import HttpRequest


class Accounts(DefaultAccountAdapter):  # type: ignore[misc]
    """Local accounts."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return whether anybody may make an account."""
        return bool(settings.CLEW["CLEW_SIGN_UP"])


class SingleSignOn(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Accounts of an OpenID Connect provider."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:  # Any: allauth is untyped
        """Return whether somebody whom the provider knows may make an account."""
        return bool(settings.CLEW["CLEW_OIDC_ISSUER"])
