"""How often the interval of every design holds the truth, by simulation: docs/reference/coverage.md.

Run with `python -m evidence.coverage [WORKERS]`; about twenty minutes on two cores.

Source: Morris, White & Crowther (2019), Statistics in Medicine 38 (what to report, Monte Carlo errors).
"""

import sys
import time
import warnings
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from math import isinf, sqrt
from pathlib import Path

import numpy as np

from clew.errors import InputError
from clew.evaluate.arrays import ArrayRows
from clew.evaluate.designs import DESIGNS, method_of
from clew.evaluate.looks import look_at
from clew.evaluate.world import Scenario, world_of
from clew.pilot.kinds import KINDS
from clew.pilot.parse import parse_protocol
from evidence.coverage_cells import CELLS, Cell

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "reference" / "coverage.md"
LEVEL = 0.95
SEED = 20270301
BAND = 1.959963984540054
MARK = 2.807033768343804
"""Half-widths of the bands that are shown (95 %) and by which cells are marked (99.5 %): there are many of them."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What came of a cell's made-up pilots. `covered` of `with_effect` intervals held the effect, `rejected` of
    `without` left out 0; `refused` could not be estimated; `infinite` intervals had an infinite end."""

    cell: Cell
    with_effect: int
    covered: int
    without: int
    rejected: int
    refused: int
    infinite: int

    @property
    def right(self) -> int:
        """Intervals that held the truth, in both worlds."""
        return self.covered + self.without - self.rejected


def tried(cell: Cell, trials: int | None = None) -> Counted:
    """Make up pilots with and without the effect, and count how their intervals fare."""
    many = trials or cell.trials
    effect = parse_protocol(cell.protocol.encode(), "cell").outcome
    truth = effect.sign * effect.worth_having
    intervals = {value: list(_intervals(cell, value, many)) for value in (truth, 0.0)}
    found = {value: [each for each in those if each is not None] for value, those in intervals.items()}
    return Counted(
        cell,
        with_effect=len(found[truth]),
        covered=sum(low <= truth <= high for low, high in found[truth]),
        without=len(found[0.0]),
        rejected=sum(not low <= 0 <= high for low, high in found[0.0]),
        refused=2 * many - sum(map(len, found.values())),
        infinite=sum(isinf(low) or isinf(high) for those in found.values() for low, high in those),
    )


def _intervals(cell: Cell, truth: float, trials: int) -> Iterator[tuple[float, float] | None]:
    """Yield the 95 % interval of each made-up pilot, None where it was refused."""
    protocol = parse_protocol(cell.protocol.encode(), "cell")
    method, world = method_of(protocol), world_of(protocol)
    seed = (SEED, *cell.says.encode(), *cell.how.encode(), int(truth != 0))
    for chance in map(np.random.default_rng, np.random.SeedSequence(seed).spawn(trials)):
        columns = method.draw(protocol, world, Scenario("tried out", truth), chance).at(1)
        try:
            raw = method.estimate(protocol, ArrayRows(columns), ())
        except InputError:
            yield None
            continue
        look = look_at(protocol, 1, units=raw.n, clusters=raw.clusters, df=None if isinf(raw.df) else raw.df)
        yield raw.interval(look)


def band(count: int, of: int, half_width: float = BAND) -> tuple[float, float]:
    """Return Wilson's interval of a share.

    >>> [round(end, 3) for end in band(950, 1000)]
    [0.935, 0.962]
    """
    share, z = count / of, half_width**2
    middle, margin = share + z / (2 * of), half_width * sqrt(share * (1 - share) / of + z / (4 * of**2))
    return (middle - margin) / (1 + z / of), (middle + margin) / (1 + z / of)


def judged(counted: Counted) -> str:
    """Return in words whether the interval is as good as it says, beyond what chance in the trials explains.

    Both worlds count: 0 is the truth where there is no effect.
    """
    low, high = band(counted.right, counted.with_effect + counted.without, MARK)
    if high < LEVEL:
        return "**falls short**"
    return "wide" if low > LEVEL else "as stated"


WHY = {
    "difference, cr1": "Clusters are few for it: `cr2`, the default, holds.",
    "two-by-two, cr1": "Units are few for it: `cr2`, the default, holds.",
    "local-linear, robust-bias-corrected": "Few rows lie near the cut-off, and they choose the bandwidth too.",
    "segmented, hac": "The periods are too few to tell how much one resembles the next.",
    "structural": "The variances that it finds are taken for the true ones; and the series made up here do not wander.",
}
"""What is known of why an interval falls short, by estimator and standard errors."""

HEAD = """\
# How often an interval holds the truth

<!-- made by `make coverage-table`; a test holds its form to it and tries a cell again -->

Pilots are made up where the truth is known, of every design and in several sizes, and estimated by the code that
evaluates real ones. A 95 % interval should hold the true effect 95 times in 100, and leave out 0 where there is no
effect 5 times in 100. In brackets: what chance in the number of trials leaves open (95 %, Wilson).

- **Falls short**: fewer intervals than stated hold the truth, with the effect and without taken together, by more than
  chance in the trials makes of one cell in 200; *wide*: more do, so that effects are shown less often than they could
  be. Exact methods are wide by nature: events are counted in whole numbers.
- The pilots are made up by the form that each design assumes (`clew pilot check` uses the same), with normal errors
  where means are measured: real data may be less kind, and where an assumption fails no interval helps.
- Standard errors that are not the default stand here so that it can be seen why they are not.
- *Refused*: pilots that could not be estimated, such as an arm in which nobody's outcome differs.
"""


def page(found: tuple[Counted, ...]) -> str:
    """Return the whole page."""
    short = [each for each in found if judged(each) == "**falls short**"]
    parts = [HEAD, "\n".join(_short(short, len(found)))]
    for kind in KINDS:
        those = [each for each in found if each.cell.kind == kind]
        if those:
            parts.append("\n".join(_table(kind, those)))
    return "\n".join(parts)


def _short(short: list[Counted], cells: int) -> Iterator[str]:
    yield "## Where intervals fall short\n"
    if not short:
        yield f"In none of the {cells} cells below.\n"
        return
    yield f"In {len(short)} of the {cells} cells below:\n"
    for each in short:
        title = DESIGNS[each.cell.kind].about.title
        share = each.right / (each.with_effect + each.without)
        said = f"- {title}, {each.cell.how}, {each.cell.says}: {share:.1%} instead of 95 %."
        yield f"{said} {WHY.get(each.cell.how, '')}".rstrip()
    yield ""


def _table(kind: str, found: list[Counted]) -> Iterator[str]:
    yield f"## {DESIGNS[kind].about.title}\n"
    yield f'`kind = "{kind}"`: [what it is](designs/{kind}.md)\n'
    yield "| size | estimator, standard errors | trials | holds the truth | finds an effect where none is | |"
    yield "|---|---|---|---|---|---|"
    for _, rows in groupby(found, key=lambda each: each.cell.how):
        yield from map(row, rows)
    yield ""


def row(each: Counted) -> str:
    """Return a cell's line of the table."""
    notes = [judged(each)]
    if each.refused:
        notes.append(f"{each.refused / (2 * each.cell.trials):.1%} refused")
    if each.infinite:
        notes.append(f"{each.infinite / (each.with_effect + each.without):.1%} without an end")
    covered, rejected = _share(each.covered, each.with_effect), _share(each.rejected, each.without)
    return (
        f"| {each.cell.says} | {each.cell.how} | {each.cell.trials:,} | {covered} | {rejected} | {', '.join(notes)} |"
    )


def _share(count: int, of: int) -> str:
    low, high = band(count, of)
    return f"{count / of:.3f} ({low:.3f} to {high:.3f})"


def _timed(cell: Cell, trials: int | None) -> tuple[Counted, float]:
    warnings.simplefilter("ignore")  # statsmodels says where a likelihood is flat; the estimate says so itself
    began = time.perf_counter()
    return tried(cell, trials), time.perf_counter() - began


def main(workers: int = 2, trials: int | None = None) -> None:
    """Try out all cells and write the page; with a number of trials of its own, only print."""
    found = []
    with ProcessPoolExecutor(workers) as pool:
        for counted, seconds in pool.map(partial(_timed, trials=trials), CELLS):
            print(f"{seconds:6.1f} s  {counted.cell.kind}  {row(counted)}", flush=True)
            found.append(counted)
    if trials is None:
        PAGE.write_text(page(tuple(found)), encoding="utf-8")
        print(f"written to {PAGE.relative_to(ROOT)}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
