"""Forms that allauth brings, in the look of the service's own."""

from django import forms, template

from clew.web.forms import dress

register = template.Library()

# Words of allauth that we say otherwise, by the name of the field.
LABELS = {
    "login": "E-mail address",
    "email": "E-mail address",
    "password": "Password",
    "password1": "New password",
    "password2": "New password again",
    "oldpassword": "Present password",
    "code": "Code",
    "name": "Name of this key",
    "passwordless": "Sign in with it alone, without a password (a passkey)",
}
TWELVE = "At least 12 characters; four or five ordinary words are easier to remember than symbols."


@register.filter
def dressed(form: forms.BaseForm) -> forms.BaseForm:
    """Give a form its classes, our labels, and no placeholders, which vanish when one begins to type."""
    dress(form)
    form.label_suffix = ""
    for name, field in form.fields.items():
        field.widget.attrs.pop("placeholder", None)
        shown = form[name]  # kept by the form once it was looked at for mistakes, so it is told too
        shown.label = field.label = LABELS.get(name, field.label or name)
        shown.help_text = field.help_text = TWELVE if name == "password1" else ""
    return form
