"""What the gate writes to the record: verdicts, overrides beside them, and the decision with all that it rests on."""

from dataclasses import dataclass
from typing import ClassVar

from clew.record.event import Vocabulary


@dataclass(frozen=True, slots=True)
class VerdictComputed:
    """The locked rule's verdict at one look. Figures are text, exactly as computed.

    `reasons`: (rule, needed, found, yes or no) each. `lower` and `upper` bound the effect, treated minus comparison;
    `boundary` is the critical value on the t scale. `evaluation_sha256` is that of the published JSON.
    """

    kind: ClassVar[str] = "verdict.computed"
    pilot: str
    look: int
    verdict: str
    why: str
    protocol_sha256: str
    data_sha256: str
    evaluation_sha256: str
    estimate: str
    std_error: str
    lower: str
    upper: str
    boundary: str
    reasons: tuple[tuple[str, str, str, str], ...]
    screens: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class PublicInputHeard:
    """What the public said before the decision, and where it can be read."""

    kind: ClassVar[str] = "gate.public-input-heard"
    pilot: str
    reference: str


@dataclass(frozen=True, slots=True)
class ReviewSigned:
    """An independent party has reviewed the evaluation."""

    kind: ClassVar[str] = "gate.review-signed"
    pilot: str
    reviewer: str
    reference: str


@dataclass(frozen=True, slots=True)
class ScreenAnswered:
    """A screen's question has been answered in public."""

    kind: ClassVar[str] = "gate.screen-answered"
    pilot: str
    screen: str
    answer: str


@dataclass(frozen=True, slots=True)
class VerdictOverridden:
    """Somebody decides otherwise than the rule says: who (a role), why, and who dissents. Shown beside the verdict."""

    kind: ClassVar[str] = "verdict.overridden"
    pilot: str
    look: int
    computed: str
    decided: str
    role: str
    reason: str
    dissent: str


@dataclass(frozen=True, slots=True)
class DecisionTaken:
    """The accountable owner decides: what, on which look's verdict, by the rule or by override."""

    kind: ClassVar[str] = "decision.taken"
    pilot: str
    look: int
    decided: str
    owner: str
    by_rule: bool


EVENTS = (VerdictComputed, PublicInputHeard, ReviewSigned, ScreenAnswered, VerdictOverridden, DecisionTaken)
VOCABULARY = Vocabulary(*EVENTS)
