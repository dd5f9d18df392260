"""Whether groups that were planted are found: made-up conversations of known groups, a slope without any, two camps.

`python -m evidence.opinion.planted [WORKERS]` maps what planted.json does not hold yet, ten minutes on two cores in
all, and keeps it there; `section()` is a part of docs/reference/opinion-map.md.
"""

import sys
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from clew.deliberate.common_ground import findings
from clew.deliberate.conversation import Conversation
from clew.deliberate.mapped import map_conversation
from clew.deliberate.polis.polis_map import polis_map
from evidence.opinion.by_chance import conversation_of
from evidence.opinion.conversations import by_red_dwarf
from evidence.opinion.kept import keep, kept
from evidence.opinion.rand_index import adjusted_rand_index

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SEED = 20261125
FOUND = Path(__file__).with_suffix(".json")
BRIDGE = 0
"""The statement that both camps agree with, where there is one."""


@dataclass(frozen=True, slots=True)
class World:
    """How a conversation is made up. Lengths in log-odds on a typical statement.

    centres (groups × dimensions), shares: of the groups; spread: of people about the centre of theirs, by dimension.
    answers: least and most votes a person. late: how much less often the last statement is seen than the first.
    left_out: statements that moderators took out after people had voted on them. bridge: whether one statement is
    agreed with by nineteen in twenty of those who take a side, wherever they stand, while all others divide. draws:
    conversations made up.
    """

    centres: tuple[tuple[float, ...], ...]
    shares: tuple[float, ...]
    answers: tuple[int, int] = (20, 40)
    spread: tuple[float, ...] = (0.5, 0.5)
    people: int = 400
    statements: int = 100
    late: float = 0.2
    left_out: int = 10
    passes: float = 0.15
    bridge: bool = False
    draws: int = 10


def apart(radius: float) -> tuple[tuple[float, ...], ...]:
    """Return three centres so far from the middle, the second and third nearer to each other than to the first."""
    return (radius, 0.0), (-0.6 * radius, 0.8 * radius), (-0.6 * radius, -0.8 * radius)


SHARES, EVEN = (0.6, 0.32, 0.08), (0.4, 0.35, 0.25)
ACROSS = tuple((*centre, 0.0) for centre in apart(2.0))
ALONG = (0.5, 0.5, 2.0)
WORLDS = {
    "three groups across a slope": World(ACROSS, EVEN, spread=ALONG, draws=20),
    "three groups across a slope, 1,000 people": World(ACROSS, EVEN, spread=ALONG, people=1000),
    "three groups, 60, 32 and 8 %": World(apart(2.0), SHARES, draws=20),
    "a minority of 5 %": World(apart(2.0), (0.6, 0.35, 0.05), draws=20),
    "a minority of 5 %, 1,000 people": World(apart(2.0), (0.6, 0.35, 0.05), people=1000),
    "a slope, no groups": World(((0.0, 0.0),), (1.0,), spread=(1.5, 0.3), draws=20),
    "two camps and a bridge": World(((1.5, 0.0), (-1.5, 0.0)), (0.5, 0.5), bridge=True, draws=20),
    "three groups, 10 to 15 votes a person": World(apart(2.0), SHARES, (10, 15)),
    "three groups, nearer to each other": World(apart(1.2), SHARES),
    "three groups, further apart": World(apart(3.0), SHARES),
}


@dataclass(frozen=True, slots=True, eq=False)
class Planted:
    """A conversation, and the group that each person truly is in (P)."""

    conversation: Conversation
    group: Ints


def planted(world: World, seed: int) -> Planted:
    """Return a conversation of the world; everybody meets statements by chance, early ones more often."""
    rng = np.random.default_rng([SEED, seed])
    size = np.round(np.array(world.shares) * world.people).astype(int)
    group = np.repeat(np.arange(len(size)), size)
    dimensions = len(world.spread)
    place = np.array(world.centres)[group] + rng.normal(size=(len(group), dimensions)) * world.spread
    count = world.statements + world.left_out
    pull, ease = rng.normal(size=(count, dimensions)), rng.normal(0.3, 0.8, count)
    left_out = rng.permutation(np.arange(1, count))[: world.left_out].tolist()
    if world.bridge:
        pull, ease = np.sign(pull) * (0.8 + 0.5 * np.abs(pull)), 0.5 * ease
        pull[BRIDGE], ease[BRIDGE] = 0.0, np.log(19)
    weight = np.linspace(1, world.late, count)[rng.permutation(count)]
    keys = rng.exponential(size=(len(group), count)) / weight
    answers = rng.integers(world.answers[0], world.answers[1] + 1, len(group))
    who, what = np.nonzero(keys.argsort(1).argsort(1) < answers[:, None])
    agrees = rng.random(len(who)) < expit((place[who] * pull[what]).sum(1) + ease[what])
    value = np.where(rng.random(len(who)) < world.passes, 0, np.where(agrees, 1, -1))
    return Planted(conversation_of(who, what, value, left_out), group)


@dataclass(frozen=True, slots=True)
class Found:
    """How many groups were found, their adjusted Rand index with the true ones, and whether the bridge came first."""

    groups: int
    index: float
    bridge_first: bool | None = None


def found(group: Ints, truth: Ints, *, bridge_first: bool | None = None) -> Found:
    """Compare groups (P, -1 for none) with the true ones, over the people who were placed."""
    placed = group >= 0
    index = adjusted_rand_index(group[placed], truth[placed])
    return Found(len(set(group[placed].tolist())), index, bridge_first)


def by_clew(one: Planted, seed: int) -> Found:
    """Return what clew's own method finds; the bridge comes first by how sure common ground is."""
    mapped = map_conversation(one.conversation, seed=seed)
    first = findings(mapped.ground, mapped.conversation.votes.statements, mapped.conversation.votes.counts())[0].id
    return found(mapped.group, one.group, bridge_first=first == str(BRIDGE))


def by_polis(one: Planted) -> Found:
    """Return what Polis' formulas find, begun cold; the bridge comes first by group-informed consensus."""
    mapped = polis_map(one.conversation)
    first = np.where(mapped.zeroed, -1, mapped.consensus).argmax()
    return found(mapped.group, one.group, bridge_first=bool(first == BRIDGE))


def ours(job: tuple[str, int]) -> tuple[Found, Found]:
    """Return what clew and Polis' formulas find in a draw of a world."""
    one = planted(WORLDS[job[0]], job[1])
    return by_clew(one, job[1]), by_polis(one)


def by_red_dwarf_of(jobs: Iterable[tuple[str, int]]) -> list[Found]:
    """Return what red-dwarf finds in each draw."""
    made = [planted(WORLDS[name], draw) for name, draw in jobs]
    return [
        _theirs(one, other) for one, other in zip(made, by_red_dwarf(each.conversation for each in made), strict=True)
    ]


def _theirs(one: Planted, other: dict[str, list[int | None]]) -> Found:
    group = np.full(len(one.group), -1)
    for voter, place in zip(other["voter"], other["group"], strict=True):
        group[int(voter or 0)] = -1 if place is None else place
    return found(group, one.group)


HEAD = """\
## Groups that were planted

Made-up conversations of 400 people and 100 statements, and of 10 more that moderators left out after votes on them.
Late statements are seen a fifth as often as early ones, a vote is a pass in 15 %, and each person casts 20 to 40 votes,
where nothing else is said. People stand about the centres of their groups (0.5 log-odds in each of two dimensions), and
these stand 2 from the middle, 1.2 nearer, 3 further apart. Three groups of 40, 35 and 25 % lie *across a slope* when
people also differ by degrees in a third dimension that has nothing to do with their group (2 log-odds): Polis' two axes
cannot hold three dimensions. In brackets: in how many conversations so many groups were found; then the median of the
adjusted Rand index with the true groups, over those who were placed. Polis' formulas are begun cold. The slope without
groups is 1.5 log-odds wide and 0.3 thick: one group is true. Seed {seed}.

| world | conversations | clew | Polis' formulas | red-dwarf |
|---|---|---|---|---|"""

LAST = """
With two camps, one statement is agreed with by nineteen in twenty of those who take a side, in both camps, and all
others divide them. It comes first in common ground in {clew} of {draws} by clew, and by Polis' group-informed consensus
in {polis}.
"""


def section() -> str:
    """Return the part of the page."""
    rows = [
        (row["world"], *(Found(**row[who]) for who in ("clew", "polis", "red_dwarf")))
        for row in kept(FOUND)
        if _whole(row)
    ]
    lines = (
        _line(name, [row[1:] for row in rows if row[0] == name])
        for name in WORLDS
        if any(row[0] == name for row in rows)
    )
    camps = [row for row in rows if WORLDS[row[0]].bridge]
    clew, polis = (sum(bool(row[at].bridge_first) for row in camps) for at in (1, 2))
    last = LAST.format(clew=clew, draws=len(camps), polis=polis) if camps else ""
    return "\n".join([HEAD.format(seed=SEED), *lines, last])


def _whole(row: dict[str, Any]) -> bool:
    return "red_dwarf" in row


def main() -> int:
    """Map what is not kept yet, and keep it."""
    rows = kept(FOUND)
    known = {(row["world"], row["draw"]) for row in rows}
    jobs = [(name, draw) for name, world in WORLDS.items() for draw in range(world.draws)]
    jobs = sorted((job for job in jobs if job not in known), key=lambda job: job[1])
    with ProcessPoolExecutor(int(sys.argv[1]) if len(sys.argv) > 1 else 2) as pool:
        for (name, draw), (clew, polis) in zip(jobs, pool.map(ours, jobs), strict=True):
            rows.append({"world": name, "draw": draw, "clew": asdict(clew), "polis": asdict(polis)})
            keep(FOUND, rows)
    without = [row for row in rows if not _whole(row)]
    others = by_red_dwarf_of((row["world"], row["draw"]) for row in without)
    for row, other in zip(without, others, strict=True):
        row["red_dwarf"] = asdict(other)
    keep(FOUND, rows)
    print(section())
    return 0


def _line(name: str, rows: list[tuple[Found, ...]]) -> str:
    return f"| {name} | {len(rows)} | {' | '.join(_told(each) for each in zip(*rows, strict=True))} |"


def _told(some: tuple[Found, ...]) -> str:
    """Say how often how many groups were found, and the median index where there is something to compare."""
    numbers = ", ".join(f"{groups} ({times})" for groups, times in sorted(Counter(one.groups for one in some).items()))
    return f"{numbers}; {median(one.index for one in some):.2f}"


if __name__ == "__main__":
    sys.exit(main())
