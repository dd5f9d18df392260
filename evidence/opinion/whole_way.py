"""Whether "common ground, nine in ten sure" is right when groups are not given, but found from the same votes.

`python -m evidence.opinion.whole_way [WORKERS]` maps what whole_way.json does not hold yet, and keeps it there;
`section()` is a part of docs/reference/opinion-map.md.
"""

import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clew.deliberate.mapped import Mapped, map_conversation
from evidence.opinion.by_chance import conversation_of
from evidence.opinion.common_ground import WORLDS, Cast, cast
from evidence.opinion.kept import keep, kept

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

SEED = 20261127
CONVERSATIONS = 20
THRESHOLD, SURE = 0.6, 0.9
FOUND = Path(__file__).with_suffix(".json")


@dataclass(frozen=True, slots=True)
class Called:
    """One conversation: the groups that are true and that were found, and the statements said to be common ground.

    called: how many; members, alike: of how many of them it is true in each group that clew shows, among its members
    and by the chances that made them; planted_members, planted_alike: in each group that is true. common: how many
    statements with enough votes truly are, among the members of the groups shown; called_of_common: how many of them
    are called so.
    """

    planted: int
    found: int
    called: int
    members: int
    alike: int
    planted_members: int
    planted_alike: int
    common: int
    called_of_common: int


def tried(world: str, draw: int) -> Called:
    """Make up a conversation, map it from its votes alone, and count."""
    made = cast(WORLDS[world], np.random.default_rng([SEED, draw, *world.encode()]))
    who, what = np.nonzero(made.seen)
    value = np.where(made.agrees, 1, np.where(made.passes, 0, -1))[who, what]
    return counted(made, map_conversation(conversation_of(who, what, value, []), seed=draw))


def counted(made: Cast, mapped: Mapped) -> Called:
    """Hold what is called common ground against what everybody would have answered, and against the chances of it."""
    ground, votes = mapped.ground, mapped.conversation.votes
    column = np.array([int(one) for one in votes.statements])
    shown = np.full(len(made.group), -1)
    shown[[int(one) for one in votes.voters]] = mapped.group
    by_members, by_chances = made.agrees[:, column], made.rates[made.group][:, column]
    members, alike = (_in_all(each, shown) for each in (by_members, by_chances))
    planted_members, planted_alike = (_in_all(each, made.group) for each in (by_members, by_chances))
    called = ground.enough_votes & (ground.probability >= SURE)
    return Called(
        planted=len(made.rates),
        found=len(ground.counts.size),
        called=int(called.sum()),
        members=int((called & members).sum()),
        alike=int((called & alike).sum()),
        planted_members=int((called & planted_members).sum()),
        planted_alike=int((called & planted_alike).sum()),
        common=int((ground.enough_votes & members).sum()),
        called_of_common=int((called & members).sum()),
    )


def _in_all(agree: Bools | Floats, group: NDArray[np.integer]) -> Bools:
    """Whether on average at least the threshold agrees in each group, of people in one (S)."""
    shares = np.array([agree[group == one].mean(0) for one in np.unique(group[group >= 0])])
    return np.asarray((shares >= THRESHOLD - 1e-9).all(0))


HEAD = """\
## The same when groups are found from the votes

Here nothing is given: {conversations} conversations of each world went from votes to common ground as any other does.
What clew calls common ground, at least nine in ten sure and with enough votes, it says of the groups that it shows:
*shown* counts of how many statements that is true, among all members of these groups / by the chances that made them.
*planted* counts the same in the groups that the world was made of. Everybody answers a few statements, so small groups
often cannot be told apart, and what a group thinks that nobody can see is not known: then the second is lower, and the
map says that a minority may hide.

| world | conversations | as many groups as planted | called so | shown | planted |
|---|---|---|---|---|---|"""

LAST = """
Of what truly is common ground in the groups shown, and has enough votes, {power:.0%} is called so. Of the conversations
in which as many groups were found as planted, and there was more than one, {several:.3f} of what was called so is true
in the planted groups."""


def section() -> str:
    """Return the part of the page."""
    rows = [(row["world"], Called(**{name: row[name] for name in Called.__slots__})) for row in kept(FOUND)]
    lines = [_line(world, [one for name, one in rows if name == world]) for world in WORLDS]
    every = [one for _, one in rows]
    several = [one for one in every if one.found == one.planted > 1]
    power = sum(one.called_of_common for one in every) / sum(one.common for one in every)
    true = sum(one.planted_members for one in several) / max(sum(one.called for one in several), 1)
    head = HEAD.format(conversations=CONVERSATIONS)
    return "\n".join([head, *lines, _line("**all**", every), LAST.format(power=power, several=true), ""])


def _line(world: str, some: list[Called]) -> str:
    right = sum(one.found == one.planted for one in some)
    shown, planted = (
        " / ".join(_share(some, name) for name in names)
        for names in (("members", "alike"), ("planted_members", "planted_alike"))
    )
    called = sum(one.called for one in some)
    return f"| {world} | {len(some)} | {right} | {called:,} | {shown} | {planted} |"


def _share(some: list[Called], name: str) -> str:
    called = sum(one.called for one in some)
    return f"{sum(getattr(one, name) for one in some) / called:.3f}" if called else "–"


def _job(job: tuple[str, int]) -> dict[str, Any]:
    return {"world": job[0], "draw": job[1], **asdict(tried(*job))}


def main() -> int:
    """Map what is not kept yet, and keep it."""
    rows = kept(FOUND)
    known = {(row["world"], row["draw"]) for row in rows}
    jobs = [(world, draw) for draw in range(CONVERSATIONS) for world in WORLDS if (world, draw) not in known]
    with ProcessPoolExecutor(int(sys.argv[1]) if len(sys.argv) > 1 else 2) as pool:
        for row in pool.map(_job, jobs):
            rows.append(row)
            keep(FOUND, rows)
    print(section())
    return 0


if __name__ == "__main__":
    sys.exit(main())
