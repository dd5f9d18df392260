"""What is asked about accounts."""

from django import forms

from clew.web.forms import ClewForm
from clew.web.govern.models import Account
from clew.web.govern.offices import check_given, tidy


class OfficeForm(ClewForm):
    """Give an account its office."""

    button = "Save"
    office = forms.CharField(
        max_length=120,
        help_text="How the public record names them for ever: a role or an office, such as “director of care”. "
        "Never a person's name.",
    )

    def clean_office(self) -> str:
        """Return the office in one spelling; refuse what cannot be one, or is somebody's."""
        office = tidy(self.cleaned_data["office"])
        check_given(office)
        if Account.objects.filter(office__iexact=office).exists():
            raise forms.ValidationError("Somebody has this office already. Close their account first, or name another.")
        return office


class InviteForm(OfficeForm):
    """Invite somebody."""

    ask = "They choose their own password, or use a passkey, by a link that works once within three days."
    button = "Invite"
    field_order = ("email", "office", "steward")
    email = forms.EmailField(label="E-mail address", help_text="Never on the record; erased when the account closes.")
    steward = forms.BooleanField(
        required=False,
        label="Steward",
        help_text="Looks after accounts, and appoints to a duty where nobody is left to.",
    )

    def clean_email(self) -> str:
        """Return the address; refuse one that has an account."""
        email: str = self.cleaned_data["email"].lower()
        if Account.objects.filter(email__iexact=email).exists():
            raise forms.ValidationError("This address has an account already.")
        return email


class CloseForm(ClewForm):
    """Close an account; nothing is asked but to look before."""

    button = "Go on"


class StewardForm(ClewForm):
    """Make somebody a steward, or no longer."""

    button = "Save"
    steward = forms.BooleanField(
        required=False,
        label="Steward",
        help_text="Looks after accounts, and appoints to a duty where nobody is left to.",
    )
