"""Forms as govuk-frontend draws them: label, hint, error and field belong together for whoever listens or looks.

A view shows a form with `form.html`, or one field with `{{ field.as_field_group }}`; both use `templates/django/forms`.
"""

from typing import Any, ClassVar

from django import forms
from django.forms.widgets import Input

CLASSES: dict[type[forms.Widget], str] = {
    forms.Textarea: "govuk-textarea",
    forms.Select: "govuk-select",
    forms.CheckboxInput: "govuk-checkboxes__input",
    forms.CheckboxSelectMultiple: "govuk-checkboxes__input",  # a RadioSelect too: it stands before
    forms.RadioSelect: "govuk-radios__input",
    forms.FileInput: "govuk-file-upload",
    Input: "govuk-input",
}


class ClewForm(forms.Form):
    """A form whose fields carry their classes; `ask` is the sentence above it, `button` what sends it."""

    ask: ClassVar[str] = ""
    button: ClassVar[str] = "Continue"
    required_css_class = "required"

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: as Django's
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        dress(self)


def dress(form: forms.BaseForm) -> None:
    """Give the widgets of any form their classes."""
    for field in form.fields.values():
        kind = next((name for widget, name in CLASSES.items() if isinstance(field.widget, widget)), "")
        if kind and kind not in field.widget.attrs.get("class", "").split():
            field.widget.attrs["class"] = f"{kind} {field.widget.attrs.get('class', '')}".strip()


class Option(str):
    """One choice with a line of explanation below it."""

    __slots__ = ("hint",)
    hint: str

    def __new__(cls, label: str, hint: str = "") -> "Option":
        """Make one."""
        made = super().__new__(cls, label)
        made.hint = hint
        return made


class OneOf(forms.ChoiceField):
    """One of a few choices, all to be seen at once."""

    widget = forms.RadioSelect
