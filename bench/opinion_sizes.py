"""clew's own map of ten thousand, a hundred thousand and a million people: what ten times the people costs.

Run with `python -m bench.opinion_sizes [PEOPLE …]`; by default all three. Votes are drawn some people at a time into
arrays, so that neither a file nor a table of them is held beside. Each size is a process of its own; drawing the votes
is not counted in processor time, but the memory they take is.
"""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import numpy as np

from bench.opinion import drawn
from clew.deliberate.conversation import Conversation
from clew.deliberate.fit import fit_all
from clew.deliberate.groups import STARTS
from clew.deliberate.held_out import USUAL_FLOOR
from clew.deliberate.mapped import ground_of, map_conversation
from clew.deliberate.mixture import find_mixture
from clew.deliberate.policy import Policy
from clew.deliberate.positions import positions_of
from clew.deliberate.statements import Statement
from clew.deliberate.votes import Votes

SIZES = {10_000: (200, 0.1), 100_000: (500, 0.1), 1_000_000: (1_000, 0.05)}
"""Statements, and the share of them that each person votes on, by people."""

CHUNK = 10_000
"""People whose votes are drawn at once."""

GIVEN = "given dimensions and groups"
WHOLE = "whole map"


def conversation(people: int) -> Conversation:
    """Return made-up votes of so many people."""
    statements, share = SIZES[people]
    rows, columns, values = zip(*_parts(people, statements, share), strict=True)
    votes = Votes(
        voters=tuple(map(str, range(people))),
        statements=tuple(map(str, range(statements))),
        start=np.concatenate([[0], np.cumsum(np.concatenate(rows))]),
        statement=np.concatenate(columns),
        value=np.concatenate(values),
        entered=np.arange(people),
    )
    return Conversation(votes, tuple(map(Statement, votes.statements)))


def _parts(people: int, statements: int, share: float) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Yield votes per person, statements and values, some people at a time."""
    for part in range(people // CHUNK):
        voter, statement, vote = drawn(CHUNK, statements, part, share)
        yield np.bincount(voter, minlength=CHUNK), statement.astype(np.int32), vote


def given(made: Conversation) -> object:
    """Positions and their doubt, two groups and common ground, with two dimensions and the usual shrinkage given."""
    positions = positions_of(fit_all(made.votes, 2, USUAL_FLOOR, 0))
    mixture = find_mixture(positions.place[positions.placed], 2, np.random.default_rng(0), starts=STARTS)
    member = mixture.membership(positions.place)
    return ground_of(made, np.where(positions.placed, member.argmax(1), -1), 2, Policy())


STAGES: dict[str, Callable[[Conversation], object]] = {GIVEN: given, WHOLE: map_conversation}


def one(people: int) -> dict[str, float]:
    """Return what a size took: votes, processor seconds of each stage, and the most memory held (MB)."""
    made = conversation(people)
    took: dict[str, float] = {"votes": len(made.votes.value), "drawn MB": _held()}
    for name, stage in STAGES.items():
        begun = time.process_time()
        stage(made)
        took[name] = time.process_time() - begun
        took[f"{name} MB"] = _held()
    return took


def _held() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(sizes: tuple[int, ...]) -> None:
    """Measure each size in a process of its own, and print a line for each."""
    print(f"{'people':>9} {'votes':>11}   {GIVEN}: cpu s, MB   {WHOLE}: cpu s, MB   s a million votes")
    for people in sizes:
        call = [sys.executable, "-m", "bench.opinion_sizes", "--one", str(people)]
        done = subprocess.run(call, stdout=subprocess.PIPE, check=True, text=True)
        took = json.loads(done.stdout)
        each = took[WHOLE] / took["votes"] * 1e6
        stages = "   ".join(f"{took[name]:8.2f} s {took[f'{name} MB']:7.0f} MB" for name in STAGES)
        print(
            f"{people:9,} {took['votes']:11,}   {stages}   {each:6.2f}   (votes: {took['drawn MB']:.0f} MB)", flush=True
        )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(one(int(sys.argv[2]))))
    else:
        main(tuple(int(size.replace("_", "")) for size in sys.argv[1:]) or tuple(SIZES))
