"""One step of a draft as a form: it holds what was typed, even where it is wrong, and says what is wrong with it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.utils import ErrorDict
from django.http import QueryDict

from clew.web.forms import ClewForm, Option, dress
from clew.web.pilot.questions import MOST_GROUPS, DraftStep, Question
from clew.web.pilot.typed import Typed, groups_of, tidy
from clew.web.pilot.written import Objection

NOT_A_CHOICE = "typed before, and no choice here"


@dataclass(frozen=True, slots=True)
class Part:
    """Questions that stand together under a heading; `folded`: they stand folded away."""

    heading: str
    fields: tuple[BoundField, ...]
    folded: bool = False


class StepForm(ClewForm):
    """The questions of one step. What is wrong comes from the one judge of protocols, not from Django."""

    use_required_attribute = False

    def __init__(self, step: DraftStep, typed: Typed, wrong: tuple[Objection, ...] = (), *, fixed: str = "") -> None:
        self._step, self._wrong = step, wrong
        self._asked = dict(asked(step, typed))
        super().__init__(dict(typed))
        for name, question in self._asked.items():
            self.fields[name] = _field(question, typed.get(name, ""))
        if fixed in self.fields:
            self.fields[fixed].widget.attrs["readonly"] = True
        dress(self)

    def full_clean(self) -> None:
        """Take over what is wrong."""
        self._errors, self.cleaned_data = ErrorDict(), {}
        for one in self._wrong:
            if one.name in self.fields:
                self.add_error(one.name, str(one))

    @property
    def parts(self) -> Iterator[Part]:
        """The questions as they stand on the page."""
        if self._step.repeated:
            names = list(self._asked)
            size = len(self._step.questions)
            for place, first in enumerate(range(0, len(names), size)):
                yield Part(
                    f"{self._step.repeated} {place + 1}", tuple(self[name] for name in names[first : first + size])
                )
            return
        often = tuple(self[name] for name, question in self._asked.items() if not question.seldom)
        seldom = tuple(self[name] for name, question in self._asked.items() if question.seldom)
        yield Part("", often)
        if seldom:
            said = any(field.value() or field.errors for field in seldom)
            yield Part("More, seldom needed", seldom, folded=not said)


def asked(step: DraftStep, typed: Typed) -> Iterator[tuple[str, Question]]:
    """Yield each question of a step with the name of its field; where asked again, once more than there are answers."""
    if not step.repeated:
        yield from ((one.name, one) for one in step.questions)
        return
    numbers = groups_of(typed, step.questions[0].table)
    free = max(numbers, default=-1) + 1
    for number in (*numbers, *((free,) if len(numbers) < MOST_GROUPS else ())):
        yield from ((f"{one.table}-{number}-{one.key}", one) for one in step.questions)


def answers(step: DraftStep, sent: QueryDict) -> Mapping[str, str]:
    """Return what was sent for a step, tidied; a box that is not ticked says nothing."""
    if step.repeated:
        numbers = range(MOST_GROUPS)
        names = {f"{one.table}-{number}-{one.key}": one for number in numbers for one in step.questions}
        return {name: tidy(sent.get(name, "") or "") for name in names if name in sent}
    return {one.name: _answer(one, sent) for one in step.questions}


def _answer(question: Question, sent: QueryDict) -> str:
    if question.shape == "yes":
        return "true" if question.name in sent else ""
    return tidy(sent.get(question.name) or "")


def _field(question: Question, said: str) -> forms.Field:
    return forms.CharField(
        label=question.label, help_text=question.hint, required=question.needed, widget=_widget(question, said)
    )


def _widget(question: Question, said: str) -> forms.Widget:
    if question.shape in {"long", "list"}:
        return forms.Textarea(attrs={"rows": 4 if question.shape == "long" else 3})
    if question.shape == "day":
        return forms.DateInput(attrs={"type": "date" if _can_be_shown(said) else "text", **_wide(10)})
    if question.shape == "yes":
        return forms.CheckboxInput()
    if question.choices:
        kind = forms.RadioSelect if question.shape == "one of" else forms.Select
        return kind(choices=_choices(question, said))
    return forms.TextInput(attrs={"autocomplete": "off", **(_wide(20) if question.shape == "short" else {})})


def _can_be_shown(said: str) -> bool:
    """Return whether a browser's calendar would show what was typed, and not an empty field."""
    try:
        forms.DateField().clean(said or "2027-03-01")
    except forms.ValidationError:
        return False
    return len(said) in {0, 10}


def _choices(question: Question, said: str) -> list[tuple[str, Any]]:  # Any: a label is a text that may have a hint
    known = [(value, Option(label, hint)) for value, label, hint in question.choices]
    if said and said not in {value for value, _ in known}:
        known.append((said, Option(said, NOT_A_CHOICE)))
    return known


def _wide(letters: int) -> dict[str, str]:
    return {"class": f"govuk-input--width-{letters}"}
