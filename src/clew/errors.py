"""Everything that can go wrong, as one tree; each leaf knows its exit code and its HTTP status.

ClewError                   exit 2   400   never raised itself
├── InputError              exit 2   422   a file, an option or a form says something that cannot be used
├── DeniedError             exit 2   403   this party may not do this here
├── RefusedError            exit 2   409   the input is sound, but the rules forbid this step now
├── MissingError            exit 2   404   the thing asked for is not there
└── RecordError             exit 2   500   the record cannot be read or written safely; nothing was changed

A message says what is wrong, where, and what to do. None of these reaches a user as a traceback.
A check that answers "no" (a failed verification, a contradictory protocol) is a result with exit code 1, not an error.
"""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: `what`, `where` (file, line, column, key) and what to `do` about it."""

    what: str
    where: str = ""
    do: str = ""

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        remedy = f" {self.do}" if self.do else ""
        return f"{place}{self.what}{remedy}"


class ClewError(Exception):
    """The root. Holds one or several problems, so that every mistake can be reported at once."""

    exit_code: ClassVar[int] = 2
    http_status: ClassVar[int] = 400

    def __init__(self, what: str = "", *, where: str = "", do: str = "", problems: tuple[Problem, ...] = ()) -> None:
        self.problems = problems or (Problem(what, where, do),)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class InputError(ClewError):
    """A file, an option or a form says something that cannot be used."""

    http_status = 422


class DeniedError(ClewError):
    """The step is possible, but not for this party: it does not hold the duty that the step needs."""

    http_status = 403


class RefusedError(ClewError):
    """The input is sound, but the rules forbid this step in the present state."""

    http_status = 409


class MissingError(ClewError):
    """The thing asked for is not there."""

    http_status = 404


class RecordError(ClewError):
    """The record cannot be read or written safely; nothing was changed."""

    http_status = 500
