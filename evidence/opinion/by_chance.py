"""How many groups are found where there are none: real conversations with votes dealt anew, and pure noise.

`python -m evidence.opinion.by_chance [WORKERS]` maps the draws that by_chance.json does not hold yet, ten minutes on
two cores in all, and keeps them there; `section()` is a part of docs/reference/opinion-map.md.
"""

import sys
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from clew.deliberate.by_chance import shuffle
from clew.deliberate.conversation import Conversation
from clew.deliberate.mapped import map_conversation
from clew.deliberate.polis.polis_map import polis_map
from clew.deliberate.statements import Statement
from clew.deliberate.votes import last_votes
from evidence.opinion.conversations import NAMES, by_red_dwarf, published
from evidence.opinion.kept import keep, kept

SEED = 20261124
SHUFFLES = dict(zip(NAMES, (30, 40, 20, 8, 2), strict=True))
"""Draws of each conversation, fewer of the large ones, which take longest; 100 in all."""

NOISE, NOISES, ALL = "noise", 100, "**all shuffled**"
PEOPLE, STATEMENTS, ANSWERS = 120, 40, (8, 31)
PASSES = 0.15
FOUND = Path(__file__).with_suffix(".json")

Job = tuple[str, int]

HEAD = """\
## Where there are no groups

In each draw the votes on every statement are dealt anew among those who voted on it: how popular each statement is and
who voted on what stays, what people have in common goes. *Noise*: {people} made-up people answer {low} to {high} of
{statements} statements each, passing on 15 % and else tossing a coin. The truth is one group. Polis' formulas are begun
cold. In brackets: in how many draws so many groups were found. Seed {seed}.

| conversation | draws | clew says one group | clew | Polis' formulas | red-dwarf |
|---|---|---|---|---|---|"""


def section() -> str:
    """Return the part of the page."""
    found = [row for row in kept(FOUND) if "red_dwarf" in row]
    rows = [(row["conversation"], row["clew"], row["polis"], row["red_dwarf"]) for row in found]
    shuffled = [(ALL, *row[1:]) for row in rows if row[0] != NOISE]
    text = HEAD.format(people=PEOPLE, low=ANSWERS[0], high=ANSWERS[1] - 1, statements=STATEMENTS, seed=SEED)
    some = {name: [row for row in (*rows, *shuffled) if row[0] == name] for name in (*SHUFFLES, ALL, NOISE)}
    return "\n".join([text, *(_line(name, those) for name, those in some.items() if those), ""])


def main() -> int:
    """Map the draws that are not kept yet, and keep what was found."""
    rows = kept(FOUND)
    known = {(row["conversation"], row["draw"]) for row in rows}
    jobs = [(name, draw) for name, draws in (SHUFFLES | {NOISE: NOISES}).items() for draw in range(draws)]
    jobs = sorted((job for job in jobs if job not in known), key=lambda job: job[1])
    with ProcessPoolExecutor(int(sys.argv[1]) if len(sys.argv) > 1 else 2) as pool:
        for (name, draw), (clew, polis) in zip(jobs, pool.map(numbers_of_groups, jobs), strict=True):
            rows.append({"conversation": name, "draw": draw, "clew": clew, "polis": polis})
            keep(FOUND, rows)
    without = [row for row in rows if "red_dwarf" not in row]
    others = by_red_dwarf(drawn((row["conversation"], row["draw"])) for row in without)
    for row, other in zip(without, others, strict=True):
        row["red_dwarf"] = groups_in(other)
    keep(FOUND, rows)
    print(section())
    return 0


def numbers_of_groups(job: Job) -> tuple[int, int]:
    """Return how many groups clew and Polis' formulas find in a draw."""
    conversation = drawn(job)
    return map_conversation(conversation, seed=job[1]).grouping.k, polis_map(conversation).k


def groups_in(other: dict[str, list[int | None]]) -> int:
    """Return how many groups red-dwarf found."""
    return len({one for one in other["group"] if one is not None})


def drawn(job: Job) -> Conversation:
    """Return a draw: a real conversation shuffled, or noise."""
    name, draw = job
    rng = np.random.default_rng([SEED, draw, *name.encode()])
    if name == NOISE:
        return noise(rng)
    conversation = published(name).conversation
    return replace(conversation, votes=shuffle(conversation.votes, rng))


def noise(rng: np.random.Generator) -> Conversation:
    """Return a conversation in which everybody answers by the toss of a coin."""
    answers = rng.integers(*ANSWERS, PEOPLE)
    asked = np.concatenate([rng.permutation(STATEMENTS)[:count] for count in answers])
    value = np.where(rng.random(len(asked)) < PASSES, 0, rng.choice([-1, 1], len(asked)))
    return conversation_of(np.repeat(np.arange(PEOPLE), answers), asked, value)


def conversation_of(
    who: NDArray[np.integer], what: NDArray[np.integer], value: NDArray[np.integer], left_out: Iterable[int] = ()
) -> Conversation:
    """Return a made-up conversation of votes (n each): people and statements are called by their numbers."""
    people, statements = (tuple(map(str, range(int(each.max()) + 1))) for each in (who, what))
    votes = last_votes(people, statements, who.astype(np.int64), what.astype(np.int64), value.astype(np.int8), None)
    out = set(left_out)
    return Conversation(votes, tuple(Statement(one, moderated=-(int(one) in out)) for one in statements))


def _line(name: str, rows: list[tuple[str, int, int, int]]) -> str:
    _, clew, polis, dwarf = zip(*rows, strict=True)
    share = f"{clew.count(1)} of {len(rows)}"
    return f"| {name} | {len(rows)} | {share} | {' | '.join(_counted(each) for each in (clew, polis, dwarf))} |"


def _counted(numbers: Iterable[int]) -> str:
    return ", ".join(f"{groups} ({times})" for groups, times in sorted(Counter(numbers).items()))


if __name__ == "__main__":
    sys.exit(main())
