"""What a browser says of a passkey, read before allauth reads it: what is none is refused, and breaks nothing."""

import struct
from typing import Any

from allauth.mfa.webauthn import forms as allauth_forms
from django import forms
from fido2.webauthn import AuthenticationResponse, RegistrationResponse

Response = type[AuthenticationResponse] | type[RegistrationResponse]
UNREADABLE = (ValueError, TypeError, LookupError, AttributeError, RecursionError, struct.error)
"""What the parsers of JSON, CBOR and WebAuthn raise at what they cannot read."""


class Credential(forms.JSONField):
    """What a browser says of a passkey. `response`: what it answers to."""

    widget = forms.HiddenInput

    def __init__(self, response: Response) -> None:
        super().__init__()
        self._response = response

    def to_python(self, value: Any) -> Any:  # Any: as Django's
        """Return it as parsed JSON; refuse what is no answer of a browser."""
        try:
            said = super().to_python(value)
            if said is not None:
                self._response.from_dict(said)
        except UNREADABLE as error:
            raise forms.ValidationError("What the browser said of the passkey cannot be read. Try again.") from error
        return said

    def bound_data(self, data: Any, initial: Any) -> Any:  # Any: as Django's
        """Return nothing to show again: an answer holds once."""
        return None


class AddPasskey(allauth_forms.AddWebAuthnForm):  # type: ignore[misc]
    """Add a passkey."""

    credential = Credential(RegistrationResponse)


class PasskeyAsSecondFactor(allauth_forms.AuthenticateWebAuthnForm):  # type: ignore[misc]
    """Sign in with a passkey after the password."""

    credential = Credential(AuthenticationResponse)


class SignInWithPasskey(allauth_forms.LoginWebAuthnForm):  # type: ignore[misc]
    """Sign in with a passkey alone."""

    credential = Credential(AuthenticationResponse)


class ConfirmWithPasskey(allauth_forms.ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """Prove once more who is signed in."""

    credential = Credential(AuthenticationResponse)
