"""What is asked at the gate. Who acts is never asked: it is the office of whoever is signed in."""

from typing import ClassVar

from django import forms

from clew.gate.judge import VERDICTS
from clew.pilot.running import FIRST, PROPOSERS
from clew.report.known import Known
from clew.report.words import HEADLINES
from clew.web.forms import ClewForm

LONGEST = 4_000


class Words(forms.CharField):
    """A few sentences."""

    def __init__(self, label: str, hint: str, rows: int = 4) -> None:
        super().__init__(
            label=label, help_text=hint, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": str(rows)})
        )


class Nothing(ClewForm):
    """Nothing has to be typed: only to be checked."""


class HearPublicForm(ClewForm):
    """What the public said, and where it can be read."""

    ask: ClassVar[str] = (
        "The public is heard before anything is scaled. Say what was heard and where anybody can read it."
    )
    reference = Words("What was heard, and where it can be read", "For example: hearing of 1 March, minutes page 4.")


class AdaptForm(ClewForm):
    """A change of the running pilot."""

    ask: ClassVar[str] = (
        "A pilot may be adapted while it runs, if it is said what was changed and who proposed it. The changed pilot is"
        " a version of its own, and the analysis can be split by version."
    )
    version = forms.CharField(
        label="What the changed pilot is called from now on", help_text="Such as 2.", max_length=40
    )
    otherwise = Words("What is done otherwise", "For example: visits by two instead of one.", rows=3)
    why = Words("Why", "What made you change it.", rows=3)
    proposed_by = forms.ChoiceField(
        label="Who proposed it", choices=[(one, one) for one in PROPOSERS], widget=forms.RadioSelect
    )
    part = forms.ChoiceField(
        label="Does it touch what is thought to make the pilot work?",
        choices=[("peripheral", "No: it is peripheral"), ("core", "Yes: it is core")],
        widget=forms.RadioSelect,
    )


def round_form(told: Known) -> type[ClewForm]:
    """Return the form that closes a round of one of the pilot's versions."""
    versions = [FIRST, *(one.body.version for one in told.adaptations)]

    class CloseRoundForm(ClewForm):
        """The end of a round."""

        ask: ClassVar[str] = (
            "A round ends with what it taught. What it cost counts against the budget that was promised for all rounds."
        )
        version = forms.ChoiceField(
            label="Which version was tried", choices=[(one, one) for one in versions], widget=forms.RadioSelect
        )
        learning = Words("What was learned", "For example: alarms fail for want of batteries.", rows=3)
        next = Words("What comes next", "For example: batteries are brought along.", rows=3)
        spent = forms.CharField(
            label="What it cost (you may leave it empty)",
            help_text="Digits and a point, such as 1250.00.",
            max_length=20,
            required=False,
        )

    return CloseRoundForm


class SignReviewForm(ClewForm):
    """An independent review."""

    ask: ClassVar[str] = (
        "You sign as a party that neither owns nor evaluates this pilot. Your office will stand beside the verdict."
    )
    reference = Words(
        "What you found, and where the review can be read", "For example: report 7/2027: no objection to the analysis."
    )


def answer_form(told: Known) -> type[ClewForm]:
    """Return the form that answers one of the checks that ask a question."""
    screens = told.latest.body.screens if told.latest else ()

    class AnswerScreenForm(ClewForm):
        """The answer to one check of the data."""

        ask: ClassVar[str] = (
            "A check that asks a question blocks “scale” until it is answered. After your answer the look must be"
            " evaluated again, on the same data; then the rule takes the answer into account."
        )
        screen = forms.ChoiceField(
            label="Which check", choices=[(name, f"{name}: {why}") for name, why in screens], widget=forms.RadioSelect
        )
        answer = Words("Your answer", "What explains it, and how anybody can see that it does.")

    return AnswerScreenForm


def override_form(told: Known) -> type[ClewForm]:
    """Return the form that decides otherwise than the computed verdict."""
    computed = told.latest.body.verdict if told.latest else ""
    others = [(verdict, HEADLINES[verdict]) for verdict in VERDICTS if verdict != computed]

    class OverrideForm(ClewForm):
        """Another decision than the rule's, with its reason and the dissent."""

        ask: ClassVar[str] = (
            f"The locked rule says “{computed}”. You may decide otherwise, but only in public: your office, your reason"
            " and the dissent will stand beside the computed verdict for ever, and be counted."
        )
        decided = forms.ChoiceField(label="What you decide instead", choices=others, widget=forms.RadioSelect)
        reason = Words("Why", "The reason that the public will read.")
        dissent = Words("Who disagrees, and why", "Write “none” where nobody does.", rows=3)

    return OverrideForm
