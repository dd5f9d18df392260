"""How allauth makes accounts here: by invitation unless the service says otherwise, each with an office of its own."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.internal.httpkit import clean_client_ip
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.http import HttpRequest

UNKNOWN_CLIENT = "0.0.0.0"  # noqa: S104  # no address is listened on: a socket's clients share one allowance


class Accounts(DefaultAccountAdapter):  # type: ignore[misc]
    """Local accounts."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return whether anybody may make an account."""
        return bool(settings.CLEW["CLEW_SIGN_UP"])

    def is_safe_url(self, url: str) -> bool:
        """Return whether somebody may be sent on to this address; what is no address at all is none of ours."""
        try:
            return bool(super().is_safe_url(url))
        except ValueError:
            return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return whose attempts at signing in are counted together.

        Only what the configured number of proxies wrote into X-Forwarded-For is believed, from its end: whatever a
        client wrote there itself stands before and is not read.
        """
        proxies = settings.CLEW["CLEW_PROXIES"]
        said = [part.strip() for part in request.headers.get("x-forwarded-for", "").split(",")]
        believed = said[-proxies] if 0 < proxies <= len(said) else request.META.get("REMOTE_ADDR", "")
        return clean_client_ip(believed) or UNKNOWN_CLIENT

    def format_email_subject(self, subject: str) -> str:
        """Return the subject without a prefix."""
        return " ".join(subject.split())


class SingleSignOn(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Accounts of an OpenID Connect provider."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:  # Any: allauth is untyped
        """Return whether somebody whom the provider knows may make an account."""
        return bool(settings.CLEW["CLEW_OIDC_ISSUER"])
