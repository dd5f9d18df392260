"""Opinion maps for tests, built by hand: several groups, one public, Polis' formulas, a group too small to be shown."""

from dataclasses import replace
from math import cos, nan, sin

import numpy as np

from clew.deliberate.disclosure import Shown
from clew.deliberate.integrity import Change, Difference, Integrity, Kind, Pattern
from clew.deliberate.missing import AttributeGaps, Evidence, Missing, RakedStatement, ValueGap, Weighing
from clew.deliberate.opinion_map import (
    Group,
    GroupVotes,
    HeldOut,
    NeedsVotes,
    OpinionMap,
    Place,
    Representative,
    Split,
    StatementFinding,
)
from clew.deliberate.policy import Policy
from clew.deliberate.statements import Statement

TEXTS = (
    "Buses should run until midnight.",
    "Jede Schule soll einen Garten bekommen.",
    "Car-free Sundays in the old town.",
    "يجب أن تكون المكتبة مفتوحة يوم الأحد",
    "Raise the parking fees and spend them on cycle paths.",
    "Build flats on the railway yard.",
    "More benches 🪑 in the parks.",
    "Keep the swimming pool open in winter.",
)
CENTRES = ((-1.2, 0.3), (1.1, 0.4), (0.1, -1.3), (1.4, 1.6))


def a_place(voter: int, group: int | None, centre: tuple[float, float] = (0.0, 0.0), groups: int = 2) -> Place:
    """A person around the middle of a group, on a spiral, so that no two stand at one place."""
    if group is None:
        return Place(f"voter-{voter}", 2, None, None, None, None, None, None, (nan,) * groups)
    away, angle = 0.05 + 0.4 * ((voter * 37) % 100) / 100, voter * 2.4
    x, y = centre[0] + 1.4 * away * cos(angle), centre[1] + away * sin(angle) + 0.3 * away * cos(angle)
    chances = tuple(0.9 if one == group else 0.1 / max(groups - 1, 1) for one in range(groups))
    return Place(f"voter-{voter}", 20 + voter % 9, x, y, 0.03, 0.02, 0.005, group, chances)


def group_votes(group: int, agree: int, disagree: int, passed: int = 0) -> GroupVotes:
    """A group's votes, with a rough interval."""
    of = agree + disagree + passed
    support = (agree + 1) / (of + 2)
    half = 1.64 * (support * (1 - support) / (of + 3)) ** 0.5
    return GroupVotes(group, agree, disagree, passed, support, max(support - half, 0.0), min(support + half, 1.0))


def a_finding(
    name: str, sure: float, votes: tuple[tuple[int, int, int], ...], *, enough: bool = True, reservations: tuple = ()
) -> StatementFinding:
    """A statement's finding from agree, disagree and pass by group."""
    by_group = tuple(group_votes(group, *counts) for group, counts in enumerate(votes))
    agree, disagree, passed = (sum(counts[kind] for counts in votes) for kind in range(3))
    worst = min(by_group, key=lambda one: one.lower)
    product = 1.0
    for one in by_group:
        product *= one.support
    return StatementFinding(
        name, sure, worst.lower, enough, agree, disagree, passed, by_group, worst.group,
        product ** (1 / len(by_group)), product, reservations,
    )  # fmt: skip


def an_opinion_map(sizes: tuple[int, ...] = (60, 45), unplaced: int = 7, **changes: object) -> OpinionMap:
    """Two groups with common ground, reservations, something that divides and something not known yet."""
    groups = len(sizes)
    places, voter = [], 0
    for group, size in enumerate((*sizes, unplaced)):
        for _ in range(size):
            where = (group, CENTRES[group], groups) if group < groups else (None, (0.0, 0.0), groups)
            places.append(a_place(voter, *where))
            voter += 1
    counts = _counts(sizes)
    found = OpinionMap(
        method="clew",
        seed=7,
        participants=sum(sizes) + unplaced,
        placed=sum(sizes),
        votes=sum(sum(map(sum, votes)) for votes in counts.values()) + 2 * unplaced,
        dimensions=2,
        above_chance=groups > 1,
        stability=0.91 if groups > 1 else nan,
        policy=Policy(),
        groups=tuple(
            Group(one, "ABCD"[one], size, 0.9 - 0.1 * one if groups > 1 else nan, CENTRES[one])
            for one, size in enumerate(sizes)
        ),
        places=tuple(places),
        statements=tuple(Statement(str(number), text) for number, text in enumerate(TEXTS)),
        findings=(
            a_finding("0", 0.999, counts["0"]),
            a_finding("1", 0.97, counts["1"]),
            a_finding("6", 0.93, counts["6"], reservations=(groups - 1,)),
            a_finding("7", 0.55, counts["7"]),
            a_finding("2", 0.02, counts["2"]),
            a_finding("4", 0.001, counts["4"]),
            a_finding("3", 0.4, counts["3"], enough=False),
            a_finding("5", 0.2, counts["5"], enough=False),
        ),
        representative=(
            Representative(0, "2", "agree", 0.93, 7.1),
            Representative(0, "4", "agree", 0.8, 4.4),
            Representative(groups - 1, "2", "disagree", 0.88, 6.8),
        )
        if groups > 1
        else (),
        needs_votes=(NeedsVotes(0, "5", 9, 10), NeedsVotes(groups - 1, "5", 4, 10), NeedsVotes(groups - 1, "3", 7, 10)),
        held_out=(HeldOut(1, 0.412, 0.006, False), HeldOut(2, 0.381, 0.006, True), HeldOut(3, 0.389, 0.007, False)),
        splits=(Split(2, 0.52, 0.34, 0.005, 0.91, groups == 2), Split(3, 0.44, 0.35, 0.01, 0.62, groups == 3)),
        notices=("2 statements were left out because moderators took them out.",),
        axes=("Left: “Car-free Sundays in the old town.” Right: “Build flats on the railway yard.”",),
    )
    return replace(found, **changes)  # type: ignore[arg-type]


def _counts(sizes: tuple[int, ...]) -> dict[str, tuple[tuple[int, int, int], ...]]:
    """Agree, disagree and pass of each group by statement; the first group is for what the last is against."""

    def of(shares: tuple[float, float], *, last: tuple[float, float] | None = None) -> tuple[tuple[int, int, int], ...]:
        each = [shares] * (len(sizes) - 1) + [last if last and len(sizes) > 1 else shares]
        rows = (
            (round(agree * size), round(against * size), size)
            for (agree, against), size in zip(each, sizes, strict=True)
        )
        return tuple((agree, against, max(size - agree - against, 0)) for agree, against, size in rows)

    return {
        "0": of((0.95, 0.0)),
        "1": of((0.9, 0.05)),
        "2": of((0.93, 0.04), last=(0.06, 0.88)),
        "3": of((0.5, 0.1)),
        "4": of((0.8, 0.1), last=(0.2, 0.6)),
        "5": of((0.1, 0.05)),
        "6": of((0.9, 0.05), last=(0.7, 0.3)),
        "7": of((0.62, 0.2)),
    }


def one_public(unplaced: int = 7, **changes: object) -> OpinionMap:
    """Nothing could be told from chance."""
    tried = (Split(2, 0.31, 0.33, 0.7, None, False), Split(3, 0.3, 0.34, 0.9, None, False))
    return replace(an_opinion_map(sizes=(105,), unplaced=unplaced), **{"splits": tried, **changes})  # type: ignore[arg-type]


def as_polis_draws(**changes: object) -> OpinionMap:
    """The same votes by Polis' formulas: no uncertainty, no test against chance."""
    found = an_opinion_map()
    plain = tuple(replace(one, spread_x=None, spread_y=None, spread_xy=None, membership=()) for one in found.places)
    scored = tuple(replace(one, common_ground=one.product, reservations=()) for one in found.findings)
    return replace(
        found, method="polis", above_chance=False, stability=nan, places=plain, findings=scored, held_out=(), splits=(),
        axes=(), notices=(), **changes,  # type: ignore[arg-type]
    )  # fmt: skip


def with_one_rejected(found: OpinionMap, votes_of_nobodys: int = 12) -> OpinionMap:
    """The same, and every group is against one statement, on which some voted who are in no group."""
    against = a_finding("4", 0.0, tuple((group.size // 10, group.size - group.size // 10, 0) for group in found.groups))
    more = replace(against, rejected=0.97, disagree=against.disagree + (votes_of_nobodys if found.k > 1 else 0))
    return replace(found, findings=tuple(more if one.id == "4" else one for one in found.findings))


def nobody_placed() -> OpinionMap:
    """Everybody voted too seldom."""
    found = an_opinion_map(sizes=(60, 45))
    nowhere = tuple(a_place(number, None) for number in range(5))
    return replace(
        found, participants=5, placed=0, votes=9, groups=(), places=nowhere, findings=(), representative=(),
        needs_votes=(), held_out=(), splits=(), axes=(), notices=(), above_chance=False,
    )  # fmt: skip


def a_gap(value: str, people: int | None, share: float | None, population: float | None) -> ValueGap:
    """How many took part of those who declared a value; hidden without a number."""
    ends = (None, None) if share is None else (max(share - 0.08, 0.0), share + 0.08)
    told = Shown.ITSELF if people is not None else Shown.FEW
    return ValueGap(value, told, people, share, *ends, population, people and people // 10, people and people // 5)


def who_is_missing() -> Missing:
    """The young are too few, the old too many, one value has hardly anybody."""
    ages = (a_gap("18 to 29", 15, 0.15, 0.3), a_gap("30 to 64", 50, 0.5, 0.45), a_gap("65 and over", 35, 0.35, 0.2))
    tongues = (a_gap("Deutsch", 90, 0.9, None), a_gap("العربية", None, None, None))
    return Missing(
        participants=112,
        not_placed=12,
        left_early=31,
        attributes=(AttributeGaps("age", ages, 12, False, ()), AttributeGaps("tongue", tongues, None, True, None)),
        weighing=Weighing(
            ("age",), "", 1.3, 80, 2.0, 0.6,
            (RakedStatement("0", 0.9, 0.88, 0.8, 0.94, 80.0), RakedStatement("7", 0.62, 0.51, 0.4, 0.62, 75.0)),
        ),
        evidence=(Evidence(0, 8, 0, 1, 10), Evidence(1, 8, 1, 2, 10)),
        notices=("In which groups there are few people of “tongue” is not told: it would give counts away.",),
    )  # fmt: skip


def patterns_seen() -> Integrity:
    """Twelve people who voted alike, a crowd that came at once, and what the map says without the first."""
    statements = tuple(str(number) for number in range(7))
    alike = Pattern(Kind.ALIKE, np.arange(12), statements, 0, 240_000, 0.2, 1e-5, 0.98, 0.55, left_out=True)
    crowd = Pattern(Kind.BURST, np.arange(30), (), 0, 60_000, 3.0, 0.004, 0.6, 0.55, left_out=False)
    changed = Difference(12, (Change("7", 0.55, 0.93),), (Change("1", 0.97, 0.8),), Change("7", 0.55, 0.93))
    return Integrity(
        112, 0.01, (alike, crowd), changed, ("Votes carry no times after 2024, so crowds were not looked for.",)
    )
