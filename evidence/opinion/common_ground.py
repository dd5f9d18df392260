"""Whether "common ground, nine in ten sure" is right nine times in ten: made-up conversations whose truth is known.

`section()` is a part of docs/reference/opinion-map.md.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from clew.deliberate.common_ground import find_common_ground
from clew.deliberate.policy import Policy
from clew.deliberate.tally import Tally

Floats = NDArray[np.float64]
World = Callable[[int, int, np.random.Generator], Floats]
"""Draws the true shares who agree (groups × statements)."""

SEED = 20261122
CONVERSATIONS = 200
PARTS = (
    (1.0,),
    (0.92, 0.08),
    (0.6, 0.35, 0.05),
    (0.4, 0.3, 0.22, 0.08),
    (0.35, 0.25, 0.2, 0.15, 0.05),
    (0.3, 0.2, 0.2, 0.14, 0.08, 0.08),
)
"""The groups' parts in all who take part; the smallest hold 8 % or 5 %."""
PEOPLE, STATEMENTS = (60, 120, 200, 400), (20, 50, 120)
BANDS = (0.0, 0.5, 0.8, 0.9, 0.95, 0.99, 1.0)


def _around_a_mean(groups: int, statements: int, rng: np.random.Generator) -> Floats:
    spread = rng.choice([0.3, 1.0, 2.0], statements)
    return expit(rng.normal(0.5, 1.2, statements) + spread * rng.normal(size=(groups, statements)))


def _for_or_against(groups: int, statements: int, rng: np.random.Generator) -> Floats:
    shape = (groups, statements)
    return np.where(rng.random(shape) < 0.5, rng.beta(4, 16, shape), rng.beta(16, 4, shape))


def _near_the_threshold(groups: int, statements: int, rng: np.random.Generator) -> Floats:
    return rng.uniform(0.5, 0.7, (groups, statements))


def _alike_near_the_threshold(groups: int, statements: int, rng: np.random.Generator) -> Floats:
    return np.clip(rng.uniform(0.5, 0.7, statements) + rng.normal(0, 0.03, (groups, statements)), 0, 1)


def _a_minority_apart(groups: int, statements: int, rng: np.random.Generator) -> Floats:
    rates = np.tile(rng.beta(12, 3, statements), (groups, 1))
    rates[-1] = np.where(rng.random(statements) < 0.4, rng.beta(2, 8, statements), rates[-1])
    return rates


def _two_camps(groups: int, statements: int, rng: np.random.Generator) -> Floats:
    rate, shared = rng.beta(3, 3, statements), rng.beta(14, 4, statements)
    divides = rng.random(statements) < 0.5
    return np.array([np.where(divides, rate if group % 2 else 1 - rate, shared) for group in range(groups)])


def _anything(groups: int, statements: int, rng: np.random.Generator) -> Floats:
    return rng.random((groups, statements))


WORLDS: dict[str, World] = {
    "from dividing to shared": _around_a_mean,
    "each group for or against": _for_or_against,
    "all near the threshold": _near_the_threshold,
    "all near it, groups alike": _alike_near_the_threshold,
    "a minority apart": _a_minority_apart,
    "two camps": _two_camps,
    "any share alike": _anything,
}


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """A made-up conversation: its counts, and whether each statement (S) truly is common ground.

    among_members: at least the threshold of each group's members would agree. among_the_like: the chance with which
    people like them agree is at least the threshold in each group. dissent: the share of each group's members who
    would disagree (G × S).
    """

    counts: Tally
    among_members: NDArray[np.bool_]
    among_the_like: NDArray[np.bool_]
    dissent: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Cast:
    """People and all that they would answer (P × S), whether they saw it or not.

    group (P): the one that each is in. rates (groups × S): the chance that a member agrees.
    """

    group: NDArray[np.int64]
    rates: Floats
    agrees: NDArray[np.bool_]
    passes: NDArray[np.bool_]
    seen: NDArray[np.bool_]


def cast(world: World, rng: np.random.Generator) -> Cast:
    """Return people who each saw a tenth to six tenths of the statements, late ones less often."""
    parts = PARTS[rng.integers(len(PARTS))]
    size = np.maximum(np.round(np.array(parts) * rng.choice(PEOPLE)).astype(int), 3)
    rates = world(len(parts), int(rng.choice(STATEMENTS)), rng)
    group = np.repeat(np.arange(len(size)), size)
    agrees = rng.random((len(group), rates.shape[1])) < rates[group]
    passes = ~agrees & (rng.random(agrees.shape) < rng.uniform(0, 0.5, rates.shape[1]))
    seen = rng.random(agrees.shape) < _exposure(len(group), rates.shape[1], rng)
    return Cast(group, rates, agrees, passes, seen)


def drawn(world: World, rng: np.random.Generator, mislabelled: float = 0.0, threshold: float = 0.6) -> Drawn:
    """Return a conversation of such people, with their groups given.

    mislabelled: the share of people counted in a group drawn blindly.
    """
    made = cast(world, rng)
    group, agrees, passes, size = made.group, made.agrees, made.passes, np.bincount(made.group)
    taken_for = np.where(rng.random(len(group)) < mislabelled, rng.integers(len(size), size=len(group)), group)
    kinds = [_by_group(kind & made.seen, taken_for, len(size)) for kind in (agrees, passes, ~agrees & ~passes)]
    members = _by_group(agrees, group, len(size)) / size[:, None]
    return Drawn(
        Tally(kinds[0], kinds[1], kinds[2], np.bincount(taken_for, minlength=len(size))),
        among_members=(members >= threshold - 1e-9).all(0),
        among_the_like=(made.rates >= threshold).all(0),
        dissent=_by_group(~agrees & ~passes, group, len(size)) / size[:, None],
    )


def _exposure(people: int, statements: int, rng: np.random.Generator) -> Floats:
    late = np.linspace(1.3, 0.3, statements)
    return rng.uniform(0.1, 0.6) * late * rng.beta(2, 2, people)[:, None] * 2


def _by_group(these: NDArray[np.bool_], group: NDArray[np.int64], groups: int) -> Floats:
    return np.array([these[group == one].sum(0) for one in range(groups)], np.float64)


def tried(world: str, conversations: int, mislabelled: float = 0.0, seed: int = SEED) -> Floats:
    """Return a row a statement: the probability stated, whether true among members, among the like, enough votes."""
    rows = []
    for rng in map(np.random.default_rng, np.random.SeedSequence((seed, *world.encode())).spawn(conversations)):
        made = drawn(WORLDS[world], rng, mislabelled)
        found = find_common_ground(made.counts, Policy())
        rows.append(np.c_[found.probability, made.among_members, made.among_the_like, found.enough_votes])
    return np.vstack(rows)


def section(conversations: int = CONVERSATIONS) -> str:
    """Return the section of the page: what was stated, and how often it was true."""
    found = {wrong: {world: tried(world, conversations, wrong) for world in WORLDS} for wrong in (0.0, 0.05, 0.1)}
    return "\n".join(
        [
            HEAD.format(conversations=conversations),
            *_bands(np.vstack(list(found[0.0].values()))),
            "",
            _found(np.vstack(list(found[0.0].values()))),
            "",
            WORLDS_SAY,
            *(_of_world(world, [found[wrong][world] for wrong in found]) for world in WORLDS),
            "",
        ]
    )


HEAD = """\
## Is "nine in ten sure" right nine times in ten?

{conversations} conversations were made up in each of {worlds} worlds: one to six groups, the smallest holding 8 % or
5 % of 60 to 400 people; 20 to 120 statements; everybody saw a tenth to six tenths of them, late ones least. None of the
worlds is the model that clew computes with. A statement truly is common ground if in every group at least 60 % agree:
of its *members* (those who did not vote included), or of *people like them* (the chance that made the members). What
clew states holds of both, with what other groups said taken into account and without. So it is a lower bound: more is
true than is stated, and most where votes are few.

| stated probability | enough votes | members | people like them | too few votes | members | people like them |
|---|---|---|---|---|---|---|""".replace("{worlds}", str(len(WORLDS)))

FOUND = """\
The columns of members and of people like them: the share of those statements of which it is true. Of the statements
with enough votes that truly are common ground among people like the members, {share:.0%} are called so with a
probability of at least 0.9; in two of the worlds all shares lie so near the threshold that few can be."""

WORLDS_SAY = """\
Of the statements that clew calls common ground with a probability of at least 0.9, so many truly are (members / people
like them); in the columns to the right 5 % and 10 % of the people are counted in a group drawn blindly, which no
formula here knows of.

| world | statements called so | all in their groups | 5 % misplaced | 10 % misplaced |
|---|---|---|---|---|"""


def _bands(rows: Floats) -> list[str]:
    lines = []
    for low, high in pairwise(BANDS):
        within = rows[(rows[:, 0] >= low) & ((rows[:, 0] < high) | (high == 1))]
        each = (within[within[:, 3] == enough] for enough in (1, 0))
        told = " | ".join(f"{len(those):,} | {_share(those[:, 1])} | {_share(those[:, 2])}" for those in each)
        lines.append(f"| {low:g} to {high:g} | {told} |")
    return lines


def _found(rows: Floats) -> str:
    true = (rows[:, 2] == 1) & (rows[:, 3] == 1)
    return FOUND.format(share=(rows[true, 0] >= 0.9).mean())


def _of_world(world: str, each: list[Floats]) -> str:
    called = [rows[rows[:, 0] >= 0.9] for rows in each]
    shares = " | ".join(f"{_share(rows[:, 1])} / {_share(rows[:, 2])}" for rows in called)
    return f"| {world} | {len(called[0]):,} | {shares} |"


def _share(true: Floats) -> str:
    return f"{true.mean():.3f}" if len(true) else "–"
