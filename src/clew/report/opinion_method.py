"""How an opinion map was made: what was tried and taken, as pictures with their figures, and what it was set to."""

from collections.abc import Iterator
from math import isfinite

from clew.deliberate.opinion_map import HeldOut, OpinionMap, Split
from clew.evaluate.finding import Picture, Point, Series
from clew.report.figures import chance, share
from clew.report.opinion_statements import harmless
from clew.report.pictures import Plot, figure, plot_of

METHODS = {
    "clew": "clew: places by a factor model of agree, pass and disagree; groups only where chance does not give them",
    "polis": "polis: the formulas of Polis, for comparison; they always draw two groups or more",
}


def pictures_of(found: OpinionMap) -> tuple[Plot, ...]:
    """Return what was tried as plots: directions against held-out votes, groups against chance."""
    tried = (_held_out(found.held_out), _splits(found.splits))
    return tuple(plot_of(picture) for picture in tried if picture is not None)


def _held_out(tried: tuple[HeldOut, ...]) -> Picture | None:
    known = [one for one in tried if isfinite(one.log_loss)]
    if not known:
        return None
    taken = next((one.dimensions for one in known if one.chosen), None)
    said = "" if taken is None else f" Taken: {taken}."
    return Picture(
        name="held-out",
        title="How well votes that were kept back are foretold",
        sentence=f"Lower is better. A further direction is taken only where it clearly foretells better.{said}",
        x_label="number of directions",
        y_label="mean log-loss a vote (nats), with one standard error either way",
        series=(Series("", "points", tuple(_foretold(one) for one in known)),),
    )


def _foretold(one: HeldOut) -> Point:
    error = one.std_error if isfinite(one.std_error) else 0.0
    return Point(one.dimensions, one.log_loss, one.log_loss - error, one.log_loss + error, str(one.dimensions))


def _splits(tried: tuple[Split, ...]) -> Picture | None:
    known = [one for one in tried if isfinite(one.clearness) and isfinite(one.by_chance)]
    if not known:
        return None
    return Picture(
        name="groups-tried",
        title="How clear each number of groups is, against chance",
        sentence="A number of groups is taken only if it is clearer than chance gives and stable, as the table says.",
        x_label="number of groups",
        y_label="clearness of the groups",
        series=(
            Series("in these votes", "points", tuple(Point(one.k, one.clearness, label=str(one.k)) for one in known)),
            Series("by chance", "points", tuple(Point(one.k, one.by_chance, label=str(one.k)) for one in known)),
        ),
    )


def split_rows(found: OpinionMap) -> tuple[tuple[str, ...], ...]:
    """Return each number of groups that was tried, as cells: clearness, by chance, p-value, stability, taken or not."""
    return tuple(tuple(_cells(one)) for one in found.splits)


def _cells(one: Split) -> Iterator[str]:
    yield f"{one.k}"
    yield from (_figure(value) for value in (one.clearness, one.by_chance))
    yield chance(one.p_value) if isfinite(one.p_value) else "–"
    yield _figure(one.stability)
    yield "yes" if one.accepted else "no"


def _figure(value: float | None) -> str:
    return "–" if value is None or not isfinite(value) else figure(round(value, 3))


def settings(found: OpinionMap) -> tuple[tuple[str, str], ...]:
    """Return what the map was set to, as terms and values."""
    policy = found.policy
    sure = (
        ("Reservation", f"{share(policy.reserve)} or more of a group disagree"),
        ("Sure", f"a probability of {share(policy.sure)} or more"),
    )
    return (
        ("Method", METHODS[found.method]),
        ("Seed of all draws", str(found.seed)),
        ("Directions", str(found.dimensions)),
        ("Support", f"{share(policy.threshold)} or more of a group agree, of all who voted, passes included"),
        *(sure if found.method == "clew" else ()),
        ("Intervals", f"hold the true share in {share(policy.level)} of all cases"),
        ("Enough votes", f"{policy.least_votes} in each group, or everybody where a group is smaller"),
    )


def command(found: OpinionMap) -> str:
    """Return what to type to compute the same map again from the same files, in the names of those files."""
    typed = found.command or f"clew map VOTES.csv --method {found.method} --seed {found.seed}"
    return harmless(f"{typed} --report again.html")
