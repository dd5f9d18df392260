"""Forms as they are drawn: what is chosen must be seen."""

import pytest
from django import forms

from clew.web.forms import CLASSES, ClewForm

CHOICES = [("a", "one"), ("b", "two")]


@pytest.mark.parametrize("widget", [one for one in CLASSES if one.__name__ != "Input"], ids=lambda one: one.__name__)
def test_every_widget_has_its_own_class(widget):
    class Asked(ClewForm):
        said = forms.ChoiceField(choices=CHOICES, widget=widget)

    assert Asked().fields["said"].widget.attrs["class"] == CLASSES[widget]


@pytest.mark.parametrize("widget", [forms.TextInput, forms.EmailInput, forms.PasswordInput, forms.NumberInput])
def test_whatever_is_typed_into_looks_the_same(widget):
    class Asked(ClewForm):
        said = forms.CharField(widget=widget)

    assert Asked().fields["said"].widget.attrs["class"] == "govuk-input"


def test_a_class_of_its_own_stays():
    class Asked(ClewForm):
        said = forms.CharField(widget=forms.TextInput(attrs={"class": "govuk-input--width-5"}))

    assert Asked().fields["said"].widget.attrs["class"] == "govuk-input govuk-input--width-5"
