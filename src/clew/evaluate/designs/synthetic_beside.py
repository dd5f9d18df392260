"""What is asked of one treated unit among others, whichever way the others are weighed."""

from dataclasses import dataclass
from functools import lru_cache
from math import inf
from typing import Final

import numpy as np
from scipy.special import stdtr

from clew.evaluate.designs.synthetic_data import Compared
from clew.evaluate.finding import Alternative, Further, LookAt, Screen
from clew.evaluate.looks import critical_value
from clew.evaluate.rows import Floats
from clew.evaluate.synthetic_control import PlaceboTest, in_their_place, synthetic_control
from clew.evaluate.synthetic_did import SyntheticDid, difference, placebo_effects, placebo_error, synthetic_did

FAR: Final = 0.25
"""Standard deviations between units from which a misfit is asked about: the limit of baseline equivalence.

Source: What Works Clearinghouse (2022), "Procedures and Standards Handbook" 5.0.
"""

IN_TIME_P: Final = 0.05
"""An effect before the start is asked about at this p-value."""

SHOWN: Final = 0.005
"""Weights from this on are listed, the heaviest first."""

MOST_SHOWN: Final = 12


@dataclass(frozen=True, slots=True)
class Differenced:
    """A synthetic difference-in-differences with the effects of its placebos, one for each donor."""

    fitted: SyntheticDid
    placebos: Floats

    @property
    def std_error(self) -> float:
        """Standard deviation of the placebos' effects."""
        return placebo_error(self.placebos)

    @property
    def df(self) -> float:
        """Placebos less one: the standard error is itself estimated from them."""
        return float(len(self.placebos) - 1)

    def interval(self, nominal_p: float) -> tuple[float, float]:
        """Return the two-sided interval at 1 − `nominal_p`, with the t reference."""
        margin = critical_value(nominal_p, self.df) * self.std_error
        return self.fitted.effect - margin, self.fitted.effect + margin

    def p_value(self) -> float:
        """Return the two-sided p-value of no effect by t; 0 or 1 where placebos do not vary."""
        if self.std_error == 0:
            return float(self.fitted.effect == 0)
        return float(2 * stdtr(self.df, -abs(self.fitted.effect / self.std_error)))

    def rank_p_value(self) -> float:
        """Return the share of units, the treated one among them, with an effect at least as large."""
        larger = np.count_nonzero(np.abs(self.placebos) >= abs(self.fitted.effect) * (1 - 1e-12))
        return float(1 + larger) / (len(self.placebos) + 1)


def differenced(outcome: Floats, unit: int, start: int) -> Differenced:
    """Return the estimate on a panel (U, T) with every placebo: with one treated unit there is nothing to draw.

    Kept in memory for the panels seen last, as the estimate and what is said beside it both ask.
    """
    return _differenced(outcome.tobytes(), (len(outcome), outcome.shape[1]), unit, start)


@lru_cache(maxsize=4)
def _differenced(values: bytes, shape: tuple[int, int], unit: int, start: int) -> Differenced:
    outcome = np.frombuffer(values).reshape(shape)
    others = np.delete(outcome, unit, axis=0)
    fitted = synthetic_did(others, outcome[[unit]], start)
    return Differenced(fitted, placebo_effects(others, 1, start, np.random.default_rng(0)))


@lru_cache(maxsize=4)
def _placebo_test(values: bytes, shape: tuple[int, int], unit: int, start: int) -> PlaceboTest:
    outcome = np.frombuffer(values).reshape(shape)
    donors = [place for place in range(len(outcome)) if place != unit]
    treated = synthetic_control(outcome, unit, donors, start)
    return PlaceboTest(treated, in_their_place(outcome, donors, start))


def placebo_test(found: Compared) -> PlaceboTest:
    """Return the treated unit among the donors given its start; kept in memory as `differenced` is."""
    outcome = found.panel.outcome
    return _placebo_test(outcome.tobytes(), (len(outcome), outcome.shape[1]), found.unit, found.start)


def spread_between(found: Compared) -> float:
    """Return the standard deviation between all units before the start, averaged over its periods."""
    before = found.panel.outcome[:, : found.start]
    return float(np.sqrt(np.mean(np.var(before, axis=0, ddof=1))))


def fit_before(found: Compared, misfit: float, instead: Alternative | None) -> Screen:
    """Ask whether the weighted donors stand where the treated unit stood before the start.

    `misfit`: root mean square gap before the start.
    """
    spread = spread_between(found)
    share = misfit / spread if spread > 0 else inf
    outside = _outside(found)
    said = f"Before the start the gap is {misfit:.3g} (root mean square), {share:.2f} of what units differ by"
    if outside:
        said += f"; in {outside} of {found.start} periods no mixture of donors reaches the treated unit"
    flag = share > FAR
    question = ": is a mixture of these donors a fair stand-in?" if flag else "."
    statistic = share if np.isfinite(share) else None
    return Screen("fit before the start", flag, statistic, said + question, instead=instead if flag else None)


def _outside(found: Compared) -> int:
    """How many periods before the start the treated unit lies above or below all donors."""
    donors, own = found.panel.outcome[found.donors, : found.start], found.path[: found.start]
    return int(np.count_nonzero((own > donors.max(axis=0)) | (own < donors.min(axis=0))))


def in_time(found: Compared, earlier: int, effect: float, p_value: float) -> Screen:
    """Ask about an effect at a made-up start, `earlier`, before anything had happened."""
    name = found.panel.periods[earlier]
    flag = p_value <= IN_TIME_P
    said = f"With a made-up start at {name} the effect before the true one is {effect:+.3g} (p = {p_value:.2g})"
    question = ": had something changed already?" if flag else ": nothing that chance does not do."
    return Screen("placebo in time", flag, effect, said + question, p_value)


def few_donors(units: int, look: LookAt) -> Screen:
    """Ask, where no result could pass this look's limit, whether there are enough units."""
    least = 1 / units
    flag = least > look.nominal_p
    said = f"With {units} units the smallest p-value of a placebo test is {least:.2g}, this look's limit is"
    question = ": the interval has no bounds. Can more untreated units be brought?" if flag else "."
    return Screen("enough donors", flag, least, f"{said} {look.nominal_p:.2g}{question}")


def plain_difference(found: Compared) -> Further:
    """The change of the treated unit less the mean change of all donors, none weighed."""
    count, start = len(found.donors), found.start
    outcome = found.panel.outcome[found.donors]
    effect = difference(outcome, found.path, np.full(count, 1 / count), np.full(start, 1 / start))
    why = "all donors and all earlier periods count alike: right only where all would have moved in parallel"
    return Further("plain difference in differences", effect, why=why, kind="warning")


def weights(names: tuple[str, ...], values: Floats, what: str) -> tuple[Further, ...]:
    """Return the weights that count, the heaviest first."""
    heavy = [place for place in np.argsort(-values, kind="stable").tolist() if values[place] >= SHOWN]
    return tuple(
        Further(f"weight of {names[place]}", float(values[place]), why=what, kind="group")
        for place in heavy[:MOST_SHOWN]
    )


def by_period(found: Compared, gap: Floats) -> tuple[Further, ...]:
    """Return the gap in each period from the start on."""
    later = range(found.start, len(found.panel.periods))
    return tuple(Further(f"gap in {found.panel.periods[place]}", float(gap[place]), kind="period") for place in later)


def level_of(look: LookAt) -> float:
    """Return the level of this look's intervals."""
    return round(1 - look.nominal_p, 12)
