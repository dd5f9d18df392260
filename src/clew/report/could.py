"""What the registered pilot could have shown: how often its rule ends in scale, in stop, or in nothing."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from clew.gate.characteristics import ENDINGS, Characteristic, Characteristics
from clew.pilot.assumptions import Assumption

NOT_TRIED = "not tried"
WHOLE = 100.0
PROBABILITY = re.compile(r"P\((\w+) \| (.+)\)")
FIGURE = re.compile(r"([0-9.e+-]+) ± ([0-9.e+-]+)")
Recorded = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Chance:
    """How often one ending comes up: in words with its Monte Carlo error, and as the width of a bar, in per cent."""

    ending: str
    words: str
    width: str


@dataclass(frozen=True, slots=True)
class Truth:
    """A truth that the rule was tried in, and its chances in the order of `ENDINGS`; `why` where it was not tried."""

    name: str
    chances: tuple[Chance, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Tried:
    """A rule tried out: `trials` made-up pilots in each truth, from `seed`; what was assumed, where it is known."""

    trials: int
    seed: str
    truths: tuple[Truth, ...]
    assumptions: tuple[Assumption, ...] = ()
    notes: tuple[str, ...] = ()


def tried_out(given: Characteristics | Recorded | None) -> Tried | None:
    """Return operating characteristics for reading: as they were computed, or as a lock holds them on the record."""
    if given is None:
        return None
    if isinstance(given, Characteristics):
        truths = _truths(given.rows, given.trials)
        return Tried(given.trials, str(given.seed), truths, given.assumptions, given.notes)
    return _from_record(dict(given))


def _from_record(named: Mapping[str, str]) -> Tried | None:
    trials = named.get("trials a scenario", "")
    rows = [_row(found[2], name, value) for name, value in named.items() if (found := PROBABILITY.fullmatch(name))]
    if not trials.isdecimal() or not rows:
        return None
    return Tried(int(trials), named.get("seed", ""), _truths(rows, int(trials)))


def _row(scenario: str, name: str, value: str) -> Characteristic:
    figures = FIGURE.fullmatch(value)
    if figures is None:
        return Characteristic(scenario, name, None, None, "Nothing was registered to try it on.")
    return Characteristic(scenario, name, float(figures[1]), float(figures[2]), "")


def _truths(rows: Iterable[Characteristic], trials: int) -> tuple[Truth, ...]:
    by_name = {row.probability: row for row in rows}
    names = dict.fromkeys(row.scenario for row in by_name.values())
    return tuple(_truth(name, [by_name[f"P({ending} | {name})"] for ending in ENDINGS], trials) for name in names)


def _truth(name: str, ended: list[Characteristic], trials: int) -> Truth:
    chances = (
        Chance(ending, words(row, trials), f"{WHOLE * (row.estimate or 0.0):.2f}")
        for ending, row in zip(ENDINGS, ended, strict=True)
    )
    return Truth(name, tuple(chances), next((row.sentence for row in ended if row.estimate is None), ""))


def words(row: Characteristic, trials: int) -> str:
    """Return a chance with its Monte Carlo error, as "34.0% (± 4.7)"; what never came up is below three in `trials`."""
    if row.estimate is None or row.mc_error is None:
        return NOT_TRIED
    if row.estimate == 0:
        return f"none (below {min(3 / trials, 1):.1%})"
    return f"{row.estimate:.1%} (± {WHOLE * row.mc_error:.1f})"
