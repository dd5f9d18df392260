"""Rows about a cut-off as the estimators want them: summed at each value of the running variable."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from math import nan

import numpy as np
from numpy.typing import NDArray

from clew.errors import InputError, Problem
from clew.evaluate.designs.method import Sides
from clew.evaluate.local_polynomial import Running
from clew.evaluate.rows import Floats, Key, Layout, Moments, Rows, Tally, Within, numbered, plain_layout, summed
from clew.evaluate.wording import listed
from clew.pilot.protocol import Protocol

ROBUST = "robust-bias-corrected"

FEWEST_VALUES = 20
"""Fewer distinct values of the running variable on a side cannot tell how the outcome runs up to the cut-off.

Source: Cattaneo, Idrobo & Titiunik (2024), "A Practical Introduction to Regression Discontinuity Designs:
Extensions", §4 (few mass points: treat them as groups, not as a line).
"""


def layout(protocol: Protocol) -> Layout:
    """Return which column plays which part. Raises InputError for combinations that are not offered."""
    design, plain = protocol.design, plain_layout(protocol)
    named = [name for name, column in (("received", design.received), ("cluster", design.cluster)) if column]
    if design.standard_errors != ROBUST and named:
        raise InputError(
            f"a plain regression (`{design.standard_errors}`) knows no `{named[0]}`.",
            where="[design] standard_errors",
            do=f"Leave it out: `{ROBUST}` does.",
        )
    received = (design.received,) if design.received else ()
    keys = (design.running, *plain.keys)
    return replace(plain, cluster=design.cluster, keys=keys, variables=received, shares=received)


def values_of(protocol: Protocol, key: Key) -> Floats:
    """Return each label of the running variable minus the cut-off, NaN where it is no finite number."""
    try:
        values = np.array(list(map(float, key.labels)))
    except ValueError:
        values = np.array(list(map(_number, key.labels)))
    return np.where(np.isfinite(values), values, nan) - protocol.design.cutoff


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
    design, key = protocol.design, tally.keys[protocol.design.running]
    where, values = f"column {design.running}", values_of(protocol, key)
    texts = [key.labels[place] for place in np.flatnonzero(np.isnan(values))]
    if texts:
        what = f"the running variable holds what is no number: {listed(texts)}."
        yield Problem(what, where, "Bring the score by which the side was decided, a number in every row.")
        return
    used = np.unique(values[key.codes[tally.n > 0]])
    below, above = int(np.count_nonzero(used < 0)), int(np.count_nonzero(used >= 0))
    if below + above < 2:
        yield Problem("the running variable is the same in every row.", where, "Check that this is the score.")
    elif not below or not above:
        yield _one_sided(protocol, used, where)
    elif min(below, above) < FEWEST_VALUES:
        what = (
            f"the running variable has {below} distinct values below the cut-off and {above} from it on; at least"
            f" {FEWEST_VALUES} on each side are needed to tell how the outcome runs up to it."
        )
        do = "Bring it in finer steps (days, not years; points, not grades), or compare groups by another design."
        yield Problem(what, where, do)


def _one_sided(protocol: Protocol, used: Floats, where: str) -> Problem:
    design = protocol.design
    above = bool(used[0] >= 0)
    low, high = (float(used[place]) + design.cutoff for place in (0, -1))
    side = "treated" if above is treated_above(protocol) else "compared"
    what = (
        f"all rows lie {'at or above' if above else 'below'} the cut-off of {design.cutoff:g} (from {low:g} to"
        f" {high:g}): every one is {side}."
    )
    return Problem(what, where, "Check `cutoff` and its units, and bring the rows on the other side too.")


def treated_above(protocol: Protocol) -> bool:
    """Return whether rows at the cut-off and above it are the treated ones, and not those below it."""
    return protocol.design.treated_side == "above"


def treated_of(protocol: Protocol, x: Floats) -> NDArray[np.bool_]:
    """Return whether each value (minus the cut-off) is on the treated side."""
    return np.asarray((x >= 0) == treated_above(protocol))


def sides(protocol: Protocol, tally: Tally) -> Sides:
    """Return the two sides of the cut-off; a row is a unit."""
    key = tally.keys[protocol.design.running]
    treated = treated_of(protocol, values_of(protocol, key)[key.codes])
    missing = (("treated", int(tally.missing[treated].sum())), ("comparison", int(tally.missing[~treated].sum())))
    return Sides(tally, treated, ~treated, missing)


@dataclass(frozen=True, slots=True)
class Scores:
    """The rows of a subset. `running`: outcome first, then what was received where the protocol names it. `origin`:
    (V,) what these variables are about. `baseline`: each further variable alone, by name."""

    running: Running
    origin: Floats
    baseline: tuple[tuple[str, Running], ...]


def scores_of(protocol: Protocol, rows: Rows, within: Within = ()) -> Scores:
    """Return the rows within a subset, summed at each value of the running variable (and cluster)."""
    moments = rows.moments(layout(protocol), within)
    whole = _summed(protocol, moments.keys, moments.products)
    main = 2 if protocol.design.received else 1
    names = enumerate((protocol.outcome.column, *moments.covariates))
    baseline = [(name, whole.variables(place)) for place, name in names if place >= main]
    for factor in moments.factors:
        baseline += _indicators(protocol, moments, factor)
    return Scores(whole.variables(*range(main)), moments.centre[:main], tuple(baseline))


def _indicators(protocol: Protocol, moments: Moments, factor: str) -> Iterator[tuple[str, Running]]:
    """Whether a row holds each text value but the first, each a variable of its own."""
    key, n = moments.keys[factor], moments.n.astype(np.float64)
    for label in [key.labels[code] for code in np.unique(key.codes)][1:]:
        yield f"{factor} = {label}", yes_or_no(protocol, moments.keys, n, n * key.where(label))


def yes_or_no(protocol: Protocol, keys: Mapping[str, Key], n: Floats, yes: Floats) -> Running:
    """Return a 0/1 variable at each value of the running variable: of the `n` (C,) rows of a cell, `yes` hold 1."""
    share = float(yes.sum() / n.sum())
    products = np.empty((len(n), 2, 2))
    products[:, 0, 0] = n
    products[:, 0, 1] = products[:, 1, 0] = yes - n * share
    products[:, 1, 1] = yes * (1 - share) ** 2 + (n - yes) * share**2
    return _summed(protocol, keys, products)


def _summed(protocol: Protocol, keys: Mapping[str, Key], products: Floats) -> Running:
    """Cells (C, 1+V, 1+V) that share a value of the running variable (and a cluster), in one."""
    design = protocol.design
    values, place = np.unique(
        values_of(protocol, keys[design.running])[keys[design.running].codes], return_inverse=True
    )
    clusters = keys[design.cluster].codes if design.cluster else np.zeros(len(products), dtype=np.int64)
    many = int(clusters.max()) + 1
    cells, group = numbered(place.ravel() * many + clusters)
    sums = summed(products, group, len(cells)) if len(cells) < len(products) else products[np.argsort(group)]
    return Running(
        values[cells // many], sums[:, 0, 0], sums[:, 0, 1:], sums[:, 1:, 1:], cells % many if design.cluster else None
    )
