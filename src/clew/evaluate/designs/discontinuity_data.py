"""Rows about a cut-off as the estimators want them: summed at each value of the running variable."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from math import nan

import numpy as np

from clew.errors import InputError, Problem
from clew.evaluate.designs.method import Sides
from clew.evaluate.discontinuity_checks import without_hole
from clew.evaluate.explained import beside, indicators
from clew.evaluate.local_polynomial import Running
from clew.evaluate.rows import Floats, Key, Layout, Rows, Tally, Within, numbered, plain_layout, summed
from clew.pilot.protocol import Protocol
from clew.tables.wording import listed

ROBUST = "robust-bias-corrected"

FEWEST_VALUES = 20
"""Fewer distinct values of the running variable on a side cannot tell how the outcome runs up to the cut-off.

Source: Cattaneo, Idrobo & Titiunik (2024), "A Practical Introduction to Regression Discontinuity Designs:
Extensions", §4 (few mass points: treat them as groups, not as a line).
"""


def layout(protocol: Protocol) -> Layout:
    """Return which column plays which part. Raises InputError for combinations that are not offered."""
    design, plain = protocol.design, plain_layout(protocol)
    if design.weights:
        raise InputError(
            "weights are not offered: how rows scatter about their neighbours is not told by weighted sums.",
            where="[design] weights",
            do="Leave it out: the effect is that of the rows at the cut-off as they are.",
        )
    parts = (("received", design.received), ("cluster", design.cluster), ("adjust_for", protocol.outcome.adjust_for))
    named = [name for name, columns in parts if columns]
    if design.standard_errors != ROBUST and named:
        raise InputError(
            f"a plain regression (`{design.standard_errors}`) knows no `{named[0]}`.",
            where="[design] standard_errors",
            do=f"Leave it out: `{ROBUST}` does.",
        )
    received = (design.received,) if design.received else ()
    return replace(plain, cluster=design.cluster, keys=(design.running,), variables=received, shares=received)


def towards(protocol: Protocol) -> int:
    """Return the way along the running variable to the treated side: +1 up, −1 down."""
    return 1 if protocol.design.treated_side == "above" else -1


def values_at(protocol: Protocol, distance: Floats) -> Floats:
    """Return the values of the running variable so far past the cut-off."""
    return np.asarray(protocol.design.cutoff + towards(protocol) * distance)


def distances(protocol: Protocol, key: Key) -> Floats:
    """Return how far past the cut-off each label of the running variable lies, negative short of it; NaN where it is no
    finite number. The cut-off itself, 0, is treated."""
    try:
        values = np.array(list(map(float, key.labels)))
    except ValueError:
        values = np.array(list(map(_number, key.labels)))
    finite = np.where(np.isfinite(values), values, nan)
    return towards(protocol) * (finite - protocol.design.cutoff) + 0.0  # no negative zero


def _number(label: str) -> float:
    try:
        return float(label)
    except ValueError:
        return nan


def check(protocol: Protocol, tally: Tally) -> None:
    """Refuse a running variable that is no number, that lies on one side, or that has few values on a side."""
    problems = tuple(_problems(protocol, tally))
    if problems:
        raise InputError(problems=problems)


def _problems(protocol: Protocol, tally: Tally) -> Iterator[Problem]:
    key = tally.keys[protocol.design.running]
    where, distance = f"column {protocol.design.running}", distances(protocol, key)
    texts = [key.labels[place] for place in np.flatnonzero(np.isnan(distance))]
    if texts:
        what = f"the running variable holds what is no number: {listed(texts)}."
        yield Problem(what, where, "Bring the score as a number in every row (a date as days from the cut-off).")
        return
    used = np.unique(distance[key.codes[tally.n > 0]])
    short, past = int(np.count_nonzero(used < 0)), int(np.count_nonzero(used >= 0))
    if short + past < 2:
        yield Problem("the running variable is the same in every row.", where, "Check that this is the score.")
    elif not short or not past:
        ends = sorted(values_at(protocol, used[[0, -1]]).tolist())
        what = f"no row is {'treated' if short else 'on the other side'}: all lie from {ends[0]:g} to {ends[1]:g}."
        do = "Check `cutoff`, its units and `treated_side`, and bring the rows on both sides."
        yield Problem(what, f"{where}, cut-off {protocol.design.cutoff:g}", do)
    elif min(short, past) < FEWEST_VALUES:
        what = (
            f"the running variable has {past} distinct values on the treated side of the cut-off and {short} on the"
            f" other; at least {FEWEST_VALUES} each are needed to tell how the outcome runs up to it."
        )
        do = "Bring it in finer steps (days, not years; points, not grades), or compare groups by another design."
        yield Problem(what, where, do)


def sides(protocol: Protocol, tally: Tally) -> Sides:
    """Return the two sides of the cut-off; a row is a unit."""
    key = tally.keys[protocol.design.running]
    treated = distances(protocol, key)[key.codes] >= 0
    missing = (("treated", int(tally.missing[treated].sum())), ("comparison", int(tally.missing[~treated].sum())))
    return Sides(tally, treated, ~treated, missing)


@dataclass(frozen=True, slots=True)
class Scores:
    """The rows of a subset, by distance past the cut-off.

    `running`: outcome first, then what was received where the protocol names it, then the baseline columns, as its
    covariates; without the rows that a registered donut leaves out, which `whole` holds too. `origin`: what outcome and
    received are about. `baseline`: each baseline column alone, by name.
    """

    running: Running
    whole: Running
    origin: Floats
    baseline: tuple[tuple[str, Running], ...]


def scores_of(protocol: Protocol, rows: Rows, within: Within = ()) -> Scores:
    """Return the rows within a subset, summed at each value of the running variable (and cluster)."""
    moments = rows.moments(layout(protocol), within)
    main = 2 if protocol.design.received else 1
    texts = dict(indicators(moments))
    names = (*moments.covariates[main - 1 :], *texts)
    whole = _summed(protocol, moments.keys, beside(moments.products, list(texts.values())))
    left = _without_donut(protocol, whole)
    baseline = tuple((name, left.variables(place)) for place, name in enumerate(names, main))
    held = len(names)
    return Scores(replace(left, covariates=held), replace(whole, covariates=held), moments.centre[:main], baseline)


def _without_donut(protocol: Protocol, running: Running) -> Running:
    return running if protocol.design.donut is None else without_hole(running, protocol.design.donut)


def yes_or_no(protocol: Protocol, keys: Mapping[str, Key], n: Floats, yes: Floats) -> Running:
    """Return a 0/1 variable at each value of the running variable: of the `n` (C,) rows of a cell, `yes` hold 1."""
    share = float(yes.sum() / n.sum())
    products = np.empty((len(n), 2, 2))
    products[:, 0, 0] = n
    products[:, 0, 1] = products[:, 1, 0] = yes - n * share
    products[:, 1, 1] = yes * (1 - share) ** 2 + (n - yes) * share**2
    return _without_donut(protocol, _summed(protocol, keys, products))


def _summed(protocol: Protocol, keys: Mapping[str, Key], products: Floats) -> Running:
    """Cells (C, 1+V, 1+V) that share a value of the running variable (and a cluster), in one."""
    design = protocol.design
    key = keys[design.running]
    distance, place = np.unique(distances(protocol, key)[key.codes], return_inverse=True)
    clusters = keys[design.cluster].codes if design.cluster else np.zeros(len(products), dtype=np.int64)
    many = int(clusters.max()) + 1
    cells, group = numbered(place.ravel() * many + clusters)
    sums = summed(products, group, len(cells)) if len(cells) < len(products) else products[np.argsort(group)]
    cluster = cells % many if design.cluster else None
    return Running(distance[cells // many], sums[:, 0, 0], sums[:, 0, 1:], sums[:, 1:, 1:], cluster)
