"""Polis' published groups beside those that its formulas give anew, ours and red-dwarf's.

`python -m evidence.opinion.polis_groups [WORKERS]` computes what polis_groups.json does not hold yet, half an hour on
two cores in all, and keeps it there; `section()` is a part of docs/reference/opinion-map.md.
"""

import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

import numpy as np
from numpy.typing import NDArray

from clew.deliberate.polis.history import POLL_MS, groups_over_time
from clew.deliberate.polis.polis_map import polis_map
from clew.deliberate.votes import Votes
from evidence.opinion.conversations import NAMES, Published, by_red_dwarf, published
from evidence.opinion.kept import keep, kept
from evidence.opinion.rand_index import adjusted_rand_index

Ints = NDArray[np.int64]

FOUND = Path(__file__).with_suffix(".json")
SEED = 20261122
DRAWS = 20
ACTED_OUT, COLD, DEALT = "clew acted out", "clew cold", "clew cold, people dealt anew"
DWARF_SEEDS, DWARF_DEALT = "red-dwarf, its seeds", "red-dwarf, people dealt anew"
POLLS_MS = (POLL_MS, 30_000, 60_000)
POLLS_FIRST = (POLL_MS, *reversed(POLLS_MS[1:]))
NUMBERS = {
    ACTED_OUT: POLLS_MS,
    COLD: (0,),
    DEALT: tuple(range(DRAWS)),
    DWARF_SEEDS: tuple(range(DRAWS)),
    DWARF_DEALT: tuple(range(DRAWS)),
}
"""What is run, and with which numbers: milliseconds between polls, draws, seeds."""

Job = tuple[str, str, int]
"""A conversation, what is run, and its number."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """The adjusted Rand index with the published groups, over those placed by both, and how many groups there are."""

    index: float
    groups: int

    def __str__(self) -> str:
        return f"{self.index:.2f} ({self.groups})"


Found = dict[Job, Agreement]


def agreement(found: Ints, expected: Ints) -> Agreement:
    """Compare groups (P each, -1 for none)."""
    both = (found >= 0) & (expected >= 0)
    return Agreement(adjusted_rand_index(found[both], expected[both]), len(set(found[found >= 0].tolist())))


def jobs(names: tuple[str, ...] = NAMES) -> Iterator[Job]:
    """Yield all that is to be run; of acting out, which takes long, the polls of Polis itself first."""
    for kind in (COLD, DEALT, DWARF_SEEDS, DWARF_DEALT):
        yield from ((name, kind, number) for name in names for number in NUMBERS[kind])
    yield from ((name, ACTED_OUT, number) for number in POLLS_FIRST for name in reversed(names))


def agreement_of(job: Job) -> Agreement:
    """Run one of ours."""
    name, kind, number = job
    one = published(name)
    if kind == ACTED_OUT:
        return agreement(groups_over_time(one.conversation, number), one.group)
    one = one if kind == COLD else dealt(one, number)
    return agreement(polis_map(one.conversation).group, one.group)


def by_red_dwarf_of(some: list[Job]) -> list[Agreement]:
    """Run some of red-dwarf's in a process of its own."""
    seeds = [number if kind == DWARF_SEEDS else 0 for _, kind, number in some]
    ones = [published(name) if kind == DWARF_SEEDS else dealt(published(name), number) for name, kind, number in some]
    others = by_red_dwarf((one.conversation for one in ones), seeds)
    return [_theirs(one, other) for one, other in zip(ones, others, strict=True)]


def _theirs(one: Published, other: dict[str, list[int | None]]) -> Agreement:
    place = {name: at for at, name in enumerate(one.conversation.votes.voters)}
    theirs = np.full(len(place), -1)
    for voter, group in zip(other["voter"], other["group"], strict=True):
        theirs[place[str(voter)]] = -1 if group is None else group
    return agreement(theirs, one.group)


def dealt(one: Published, draw: int) -> Published:
    """Return the conversation with people's ids dealt anew: the same votes, and everybody in another row."""
    order = np.random.default_rng([SEED, draw]).permutation(len(one.group))
    votes = replace(one.conversation, votes=_in_order(one.conversation.votes, order))
    return Published(one.name, votes, one.group[order])


def _in_order(votes: Votes, order: Ints) -> Votes:
    rows = np.concatenate([np.arange(votes.start[one], votes.start[one + 1]) for one in order])
    return replace(
        votes,
        voters=tuple(map(str, range(len(order)))),
        start=np.concatenate([[0], np.cumsum(votes.per_voter[order])]),
        statement=votes.statement[rows],
        value=votes.value[rows],
        at_ms=None if votes.at_ms is None else votes.at_ms[rows],
        former=None,
    )


def held() -> Found:
    """Return what is kept."""
    rows = kept(FOUND)
    return {(row["conversation"], row["run"], row["number"]): Agreement(row["index"], row["groups"]) for row in rows}


def hold(found: Found) -> None:
    """Keep this and nothing else."""
    names = ("conversation", "run", "number")
    rows = (
        dict(zip(names, job, strict=True)) | {"index": one.index, "groups": one.groups} for job, one in found.items()
    )
    keep(FOUND, list(rows))


def main() -> int:
    """Run what is not kept yet, and keep what is found."""
    found = held()
    missing = [job for job in jobs() if job not in found]
    for name in NAMES:
        theirs = [job for job in missing if job[0] == name and job[1] in {DWARF_SEEDS, DWARF_DEALT}]
        found |= dict(zip(theirs, by_red_dwarf_of(theirs), strict=True)) if theirs else {}
        hold(found)
    ours = [job for job in missing if job not in found]
    with ProcessPoolExecutor(int(sys.argv[1]) if len(sys.argv) > 1 else 2) as pool:
        begun = {pool.submit(agreement_of, job): job for job in ours}
        for done in as_completed(begun):
            found[begun[done]] = done.result()
            hold(found)
    print(section())
    return 0


def section() -> str:
    """Return the section of the page."""
    found = held()
    beside = BESIDE.format(*_middles(found))
    return "\n".join([HEAD, *table(found), "", beside, *_polls(found), "", LAST])


def table(found: Found) -> Iterator[str]:
    """Yield the table, a line for each conversation and the medians below."""
    yield f"| conversation | placed by Polis, groups | {' | '.join(COLUMNS)} |"
    yield f"|---|---|{'---|' * len(COLUMNS)}"
    for name in NAMES:
        yield line(name, found)
    yield f"| **median** | | {' | '.join(f'**{one:.3f}**' for one in _middles(found))} |"


def _middles(found: Found) -> list[float]:
    """The medians over conversations, of each column."""
    return [median(_middle(name, kind, found) for name in NAMES) for kind in COLUMNS.values()]


COLUMNS = {
    "clew, acted out": ACTED_OUT,
    "clew, cold": COLD,
    f"clew, cold, {DRAWS} orders": DEALT,
    f"red-dwarf, {DRAWS} seeds": DWARF_SEEDS,
    f"red-dwarf, {DRAWS} orders": DWARF_DEALT,
}


def line(name: str, found: Found) -> str:
    """Return a conversation's line: of several draws the median, the lowest and the highest, and numbers of groups."""
    group = published(name).group
    placed = f"{(group >= 0).sum():,}, {len(set(group[group >= 0].tolist()))}"
    return f"| {name} | {placed} | {' | '.join(_cell(name, kind, found) for kind in COLUMNS.values())} |"


def _draws(name: str, kind: str, found: Found) -> list[Agreement]:
    numbers = NUMBERS[kind][:1] if kind == ACTED_OUT else NUMBERS[kind]
    return [found[name, kind, number] for number in numbers]


def _middle(name: str, kind: str, found: Found) -> float:
    return median(one.index for one in _draws(name, kind, found))


def _cell(name: str, kind: str, found: Found) -> str:
    draws = _draws(name, kind, found)
    indices = [one.index for one in draws]
    groups = ", ".join(map(str, sorted({one.groups for one in draws})))
    among = f", {min(indices):.2f} to {max(indices):.2f}" if len(draws) > 1 else ""
    return f"{median(indices):.3f}{among} ({groups})"


def _polls(found: Found) -> Iterator[str]:
    """Yield what other times between polls give."""
    yield f"| seconds | {' | '.join(NAMES)} | median |"
    yield f"|---|{'---|' * len(NAMES)}---|"
    for number in POLLS_MS:
        those = [found[name, ACTED_OUT, number] for name in NAMES]
        middle = median(one.index for one in those)
        yield f"| {number // 1000} | {' | '.join(map(str, those))} | {middle:.3f} |"


HEAD = f"""\
## Polis' groups, computed again

Five conversations as Polis published them, with the groups that it published. The adjusted Rand index is 1 where the
same people are together and 0 where groupings agree as chance would; only people whom both place are counted. In
brackets: the number of groups. Of {DRAWS} draws: the median, the lowest and the highest.

- *clew, acted out*: `clew map --method polis --acted-out`. Polis asks for new votes once a second and updates whenever
  there are any, each update begun from the last. This is done again, by the votes' own times; nothing is chosen.
- *clew, cold*: `clew map --method polis`, Polis' formulas begun with nothing but the votes. *Orders*: the same with
  people's ids dealt anew. Polis' clusters begin at the rows that come first, so the order alone decides.
- *red-dwarf*: red-dwarf 0.4.0 on the same last votes, with the statements named that moderators left out. It has no
  base clusters and no updates, and k-means from drawn centres. *Seeds*: 0 to {DRAWS - 1}, people as they are. *Orders*:
  ids dealt as above, seed 0.
"""

BESIDE = """\
The median of clew acted out is {0:.3f} beside red-dwarf's {3:.3f}; started cold it is {1:.3f}, over the orders {2:.3f}.

How much the time between polls matters, clew acted out:
"""

LAST = """\
No export tells when Polis was down or began anew, how long each update took, or when moderators left a statement out
(here: when its last vote had come). brexit-consensus was held in July 2017, when Polis still took missing votes for
passes; it is computed as Polis computes today. In london.youth.policing, with 24 people, nothing comes near what was
published. All else is settled: given the groups that Polis had, `tests/oracles/test_polis.py` holds positions,
group-informed consensus, priorities and representative statements to what Polis itself computed. That groups depend on
the order of people and on their past is why clew's own method asks whether groups are more than chance and how stable
they are, before it shows any.
"""

if __name__ == "__main__":
    sys.exit(main())
