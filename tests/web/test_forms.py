"""Forms as they are drawn: what is chosen must be seen."""

import pytest
from django import forms

from clew.web.forms import ClewForm

CHOICES = [("a", "one"), ("b", "two")]


@pytest.mark.parametrize(
    ("widget", "drawn_as"),
    [
        (forms.Textarea, "govuk-textarea"),
        (forms.Select, "govuk-select"),
        (forms.CheckboxInput, "govuk-checkboxes__input"),
        (forms.CheckboxSelectMultiple, "govuk-checkboxes__input"),
        (forms.RadioSelect, "govuk-radios__input"),
        (forms.FileInput, "govuk-file-upload"),
    ],
)
def test_every_widget_has_its_own_class(widget, drawn_as):
    class Asked(ClewForm):
        said = forms.ChoiceField(choices=CHOICES, widget=widget)

    assert Asked().fields["said"].widget.attrs["class"] == drawn_as


@pytest.mark.parametrize("widget", [forms.TextInput, forms.EmailInput, forms.PasswordInput, forms.NumberInput])
def test_whatever_is_typed_into_looks_the_same(widget):
    class Asked(ClewForm):
        said = forms.CharField(widget=widget)

    assert Asked().fields["said"].widget.attrs["class"] == "govuk-input"


def test_a_class_of_its_own_stays():
    class Asked(ClewForm):
        said = forms.CharField(widget=forms.TextInput(attrs={"class": "govuk-input--width-5"}))

    assert Asked().fields["said"].widget.attrs["class"] == "govuk-input govuk-input--width-5"
