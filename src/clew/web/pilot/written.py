"""What is wrong with a protocol that is being written, each mistake at its question and in the words of a form."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from clew.errors import InputError
from clew.pilot.check import notices_of, problems_of
from clew.pilot.keys import BY_NAME
from clew.pilot.parse import read_protocol
from clew.pilot.protocol import Protocol
from clew.web.pilot.questions import BY_KEY, STEP_OF, DraftStep
from clew.web.pilot.typed import Typed, groups_of, to_toml

NAME = "protocol.toml"
MISSING = re.compile(r"lacks `(\w+)`")
KEY_FIRST = re.compile(r"^`\w+`: ")
ADD_A_KEY = re.compile(r"^(Add|Remove|Write) .*(=|\[)")
IN_A_FORM = {
    "Write it without quotes.": "Write digits, with a point for decimals, such as 0.05.",
    'Write it in quotes: "…".': "",
    "Write it without quotes or time of day: 2027-03-01.": "Choose a day, or write it as 2027-03-01.",
    'Write digits, a point and no thousands mark, in quotes: "125.00".': "Write digits and a point, such as 125.00.",
    "Write {Danish = 0.91, other = 0.09}.": "Write each group once, one a line, such as: Danish = 0.91",
    'Write [looks] method = "obrien-fleming" (planned = 1 will do), or extend 0 times.': (
        "Choose to look several times (one planned look will do), or extend 0 times."
    ),
    'Write planned = 1, or method = "obrien-fleming".': "Plan one look, or choose to look several times.",
    'Remove [scale], or write [population] kind = "impact".': "Empty the rule to scale, or ask whether it works.",
    "Name another column, or remove this [[secondary]] table.": "Name another column, or empty this outcome.",
    "Remove [[secondary]], or register a pilot for each outcome.": "Empty them, or register a pilot for each outcome.",
    "Add eligible_shares.": "Write the groups with their shares.",
    "Add [scale] no_group_under_reached = true.": "Tick “every group is reached” in the rule.",
    "Plan a larger pilot (clew pilot size says how large), or know that it will most likely end undecided.": (
        "Plan a larger pilot (how large stands below), or know that it will most likely end undecided."
    ),
}


@dataclass(frozen=True, slots=True)
class Objection:
    """One thing that is wrong, or to be known beforehand: at the field `name`."""

    name: str
    what: str
    do: str

    def __str__(self) -> str:
        return f"{self.what} {self.do}".strip()

    @property
    def step(self) -> DraftStep:
        """The step on which it is answered."""
        return STEP_OF[self._asked]

    @property
    def label(self) -> str:
        """The question that it belongs to."""
        table, key = self._asked.split("-")
        return BY_KEY[table, key].label

    @property
    def _asked(self) -> str:
        return re.sub(r"-\d+-", "-", self.name)


@dataclass(frozen=True, slots=True)
class Written:
    """A draft as it stands: its file, its protocol where it can be read, and what keeps it from being locked."""

    text: str
    protocol: Protocol | None
    wrong: tuple[Objection, ...]
    notices: tuple[Objection, ...] = ()

    def wrong_on(self, step: DraftStep) -> tuple[Objection, ...]:
        """Return what is wrong on one step."""
        return tuple(one for one in self.wrong if one.step is step)


Path = tuple[str | int, ...]


def read(typed: Typed) -> Written:
    """Return what was typed as a protocol, with everything that is wrong with it at once."""
    text = to_toml(typed)
    try:
        protocol, mistakes = read_protocol(text.encode(), NAME)
    except InputError as error:  # too large to be read at all
        whole = tuple(Objection(_field(("pilot", "id"), typed), one.what, one.do) for one in error.problems)
        return Written(text, None, whole)
    if protocol is None:
        found = ((one.path, one.problem.what, one.problem.do) for one in mistakes)
        return Written(text, None, tuple(_objections(found, typed)))
    problems = ((one.path, one.what, one.do) for one in problems_of(protocol))
    notices = ((one.path, one.what, one.do) for one in notices_of(protocol))
    return Written(text, protocol, tuple(_objections(problems, typed)), tuple(_objections(notices, typed)))


def _objections(found: Iterator[tuple[Path, str, str]], typed: Typed) -> Iterator[Objection]:
    for path, what, do in found:
        yield Objection(_field(path, typed), *_plainly(what, do))


def _field(path: Path, typed: Typed) -> str:
    table = str(path[0])
    if table in BY_NAME and BY_NAME[table].repeated:
        groups = groups_of(typed, table)
        place = path[1] if len(path) > 1 and isinstance(path[1], int) else 0
        key = str(path[2]) if len(path) > 2 else "column"
        return f"{table}-{groups[place] if place < len(groups) else place}-{key}"
    key = str(path[1]) if len(path) > 1 else ""
    if (table, key) in BY_KEY:
        return f"{table}-{key}"
    return next(f"{one}-{key}" for one, key in BY_KEY if one == table)


def _plainly(what: str, do: str) -> tuple[str, str]:
    if MISSING.search(what) or re.match(r"the table \[\w+\] is missing", what):
        return "Answer this: no pilot begins without it.", ""
    what = KEY_FIRST.sub("", what).replace("found the text ", "found ").replace("amount in quotes", "amount")
    remedy = IN_A_FORM.get(do)
    if remedy is None:
        remedy = "" if ADD_A_KEY.match(do) else do
    return what[:1].upper() + what[1:], remedy
