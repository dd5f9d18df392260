"""Votes of made-up conversations: two camps and many between, alike at every size, as CSV or as parts in Parquet.

`python -m bench.opinion_votes csv|parquet PATH PEOPLE STATEMENTS SHARE` writes them. They are made in a process of
their own: a process that once held much hands that figure on to those that it starts.
"""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import numpy as np
from numpy.typing import NDArray

AT_ONCE = 10_000
"""People whose votes are drawn at once."""

FROM_MS, SPAN_MS = 1_700_000_000_000, 30 * 24 * 3600 * 1000
"""The votes come within thirty days."""

Drawn = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int8]]


def drawn(people: int, statements: int, share: float, part: int = 0) -> Drawn:
    """Return who voted on what, and 1, 0 or -1, of so many people; statements mean the same in every part."""
    what = np.random.default_rng([statements, 0])
    pull, ease = what.normal(size=(statements, 3)), what.normal(0, 0.8, statements)
    rng = np.random.default_rng([statements, 1, part])
    place = rng.normal(size=(people, 3)) + np.array([[1.5, 0, 0], [-1.5, 0.5, 0]])[rng.integers(0, 2, people)]
    voter, statement = np.divmod(np.flatnonzero(rng.random(people * statements) < share), statements)
    agrees = np.sum(place[voter] * pull[statement], axis=1) + ease[statement] + rng.logistic(size=len(voter)) > 0
    vote = np.where(rng.random(len(voter)) < 0.15, 0, np.where(agrees, 1, -1))
    return voter, statement, vote.astype(np.int8)


def make(form: str, path: Path, people: int, statements: int, share: float) -> None:
    """Make the votes in another process: a CSV file, or a folder of Parquet files."""
    half = path.with_suffix(".half")
    numbers = map(str, (people, statements, share))
    subprocess.run([sys.executable, "-m", "bench.opinion_votes", form, str(half), *numbers], check=True)
    half.rename(path)


def write_csv(path: Path, people: int, statements: int, share: float) -> None:
    """Write the votes in the order of Polis' exports: by statement, then by person."""
    parts = list(_parts(people, statements, share))
    voter, statement, vote = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.lexsort((voter, statement))
    _write(path, (voter[order], statement[order], vote[order]), "HEADER")


def write_parquet(folder: Path, people: int, statements: int, share: float) -> None:
    """Write the votes as parts in a folder, some people in each, so that no more is held at once."""
    folder.mkdir()
    for place, part in enumerate(_parts(people, statements, share)):
        _write(folder / f"part-{place:03}.parquet", part, "FORMAT parquet")


def _parts(people: int, statements: int, share: float) -> Iterator[Drawn]:
    """Yield the votes of some people at a time."""
    for part, first in enumerate(range(0, people, AT_ONCE)):
        voter, statement, vote = drawn(min(AT_ONCE, people - first), statements, share, part)
        yield voter + first, statement, vote


def _write(path: Path, votes: Drawn, form: str) -> None:
    voter, statement, vote = votes
    rng = np.random.default_rng(int(voter.min(initial=0)))
    stamp = FROM_MS + rng.integers(0, SPAN_MS, len(voter))
    columns = 'stamp AS "timestamp", statement AS "comment-id", voter AS "voter-id", vote'
    with duckdb.connect() as session:
        session.register("drawn", {"stamp": stamp, "statement": statement, "voter": voter, "vote": vote})
        session.execute(f"COPY (SELECT {columns} FROM drawn) TO '{path}' ({form})")


if __name__ == "__main__":
    form, target, *numbers = sys.argv[1:]
    write = {"csv": write_csv, "parquet": write_parquet}[form]
    write(Path(target), int(numbers[0]), int(numbers[1]), float(numbers[2]))
