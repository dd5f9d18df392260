"""What was shown to whom and with which chance: the log that makes votes weighable afterwards.

Who is asked about what is no accident once statements are routed. A vote that counts by the inverse of the chance with
which its statement was shown makes up for that, but only where the chance was kept.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from clew.deliberate.csv_writing import cell, write_lines

COLUMNS = ("voter-id", "comment-id", "propensity", "seed", "timestamp")


@dataclass(frozen=True, slots=True)
class Shown:
    """One statement shown to one participant. propensity: the chance with which it was drawn; `at_ms`: milliseconds
    since 1970."""

    voter: str
    statement: str
    propensity: float
    seed: int
    at_ms: int

    def line(self) -> str:
        """Return it as a line of CSV; the chance reads back to the same bits."""
        return f"{cell(self.voter)},{cell(self.statement)},{self.propensity!r},{self.seed},{self.at_ms}"


def write_shown(path: Path, rows: Iterable[Shown]) -> Path:
    """Write the log as CSV, columns as in `COLUMNS`: with a column `vote` beside them, they are a file of votes.

    Raises: InputError where it cannot be written; what stood there before stays.
    """
    return write_lines(path, COLUMNS, (row.line() for row in rows))
