"""Who is drawn on an opinion map, who is not and why, and the table behind it, in plain words."""

from dataclasses import dataclass
from math import isfinite, sqrt
from statistics import median

from clew.deliberate.disclosure import FEWEST
from clew.deliberate.opinion_map import Group, OpinionMap
from clew.report.figures import MINUS, plural, share
from clew.report.opinion_hidden import begins, hides_the_unplaced, named, withheld
from clew.report.opinion_picture import MOST_DOTS, Cluster, Drawing, mean_spread

SMALL_GROUPS = (
    f"Groups of fewer than {FEWEST} people are not drawn, and their votes and middle are withheld, because somebody"
    " could be recognised in them. They count in full in how sure common ground is."
)
HIDDEN_UNPLACED = (
    f"Fewer than {FEWEST} people are in no group. Their votes are in no figure of this page, because somebody could be"
    " recognised in them."
)
EACH_MARK = "Each small mark is one person, placed by how they voted: the nearer two marks, the more alike the votes."


def with_a_place(found: OpinionMap) -> int:
    """Return how many people have a place; in one public, more count than have one."""
    return sum(one.x is not None and one.group is not None for one in found.places)


def what_is_drawn(found: OpinionMap) -> str:
    """Return what a mark and a ring on the map are."""
    ring = "Half of all people lie within the ring." if found.k <= 1 else "Half of each group lie within its ring."
    return f"{EACH_MARK} {ring}"


def drawn_sentences(found: OpinionMap, drawing: Drawing) -> tuple[str, ...]:
    """Return who is not drawn on the map, and how surely anybody is placed."""
    return tuple(
        sentence
        for sentence in (
            _sampled(drawing),
            _person_sentence(found),
            _hazy(drawing),
            _directions(found),
            _not_placed(found),
            _not_drawn(found),
        )
        if sentence
    )


def _sampled(drawing: Drawing) -> str:
    if drawing.drawn == drawing.people:
        return ""
    return (
        f"Only {drawing.drawn:,} of {drawing.people:,} people are drawn, picked without regard to how they voted, so"
        " that marks can still be told apart; every figure counts all of them."
    )


def _person_sentence(found: OpinionMap) -> str:
    spread = mean_spread(found.places)
    if spread is None:
        return ""
    across, up = (sqrt(max(variance, 0.0)) for variance in spread[:2])
    return (
        "Nobody's place is exact: on average the standard error of one person's place is"
        f" {across:.2f} across and {up:.2f} up, in the units of the table below."
    )


def _hazy(drawing: Drawing) -> str:
    """Said where one person's ring is at least half as large as the rings of the groups."""
    rings = [float(one.half.rx) * float(one.half.ry) for one in drawing.clusters if one.half]
    own = drawing.person and float(drawing.person.rx) * float(drawing.person.ry)
    if not rings or not own or own < median(rings) / 2:
        return ""
    return "That is much, set against how people differ: read nothing into single marks, only into the whole."


def _directions(found: OpinionMap) -> str:
    if found.dimensions == 1:
        return "There is one direction alone; marks are piled up so that they can be told apart."
    if found.dimensions == 2:
        return ""
    deeper = found.k > 1 and found.told_apart_by > 2
    told = f"; groups were told apart by {found.told_apart_by} of them, so they may overlap here" if deeper else ""
    return f"The map draws the first two of {found.dimensions} directions in which people were found to differ{told}."


def _not_placed(found: OpinionMap) -> str:
    unplaced = found.participants - with_a_place(found)
    if not unplaced:
        return ""
    return (
        f"{plural(unplaced, 'person').capitalize()} voted too seldom to be placed and"
        f" {'is' if unplaced == 1 else 'are'} not drawn."
    )


def _not_drawn(found: OpinionMap) -> str:
    hidden, names = withheld(found), named(found.groups)
    said = " and ".join(names[group.id] for group in found.groups if group.id in hidden)
    if not said:
        return ""
    few = f"fewer than {FEWEST} people and {'is' if len(hidden) == 1 else 'are'} not drawn"
    return f"{begins(said)} {'has' if len(hidden) == 1 else 'have'} {few}."


@dataclass(frozen=True, slots=True)
class MapRow:
    """A group as a row of the table behind the map."""

    name: str
    drawn_as: str
    people: str
    share: str
    stability: str
    middle: str
    marks: str


def map_rows(found: OpinionMap, drawing: Drawing | None) -> tuple[MapRow, ...]:
    """Return the table behind the map: a row a group, hidden ones without figures."""
    names, drawn = named(found.groups), {one.id: one for one in drawing.clusters} if drawing else {}
    return tuple(_map_row(group, names[group.id], drawn.get(group.id), found) for group in found.groups)


def _map_row(group: Group, name: str, drawn: Cluster | None, found: OpinionMap) -> MapRow:
    hidden = group.id in withheld(found)
    return MapRow(
        name=begins(name),
        drawn_as=_drawn_as(drawn),
        people=f"{group.size:,}",
        share=share(group.size / max(found.placed, 1)),
        stability=f"{group.stability:.2f}" if found.k > 1 and isfinite(group.stability) else "–",
        middle="withheld" if hidden else " and ".join(f"{value:.2f}" for value in group.centre[:2]).replace("-", MINUS),
        marks=f"{len(drawn.dots):,}" if drawn else "none",
    )


def _drawn_as(drawn: Cluster | None) -> str:
    if drawn is None:
        return "not drawn"
    return f"{drawn.shape}, {drawn.line} ring" if drawn.half else drawn.shape


def hidden_sentences(found: OpinionMap, drawing: Drawing | None) -> tuple[str, ...]:
    """Return what the page does not show, and why."""
    return tuple(
        sentence
        for sentence in (
            "No voter's id is in this page, and nobody's votes are shown one by one, so that nobody can be looked up.",
            SMALL_GROUPS,
            _not_drawn(found),
            HIDDEN_UNPLACED if hides_the_unplaced(found) else "",
            f"Of more than {MOST_DOTS:,} people, {MOST_DOTS:,} are drawn." if drawing and _sampled(drawing) else "",
        )
        if sentence
    )
