"""A synthetic control: the weighted mean of other units that runs where the treated one ran before the start.

Weights are not negative and sum to one, so that nothing is extrapolated beyond the donors. Uncertainty comes from
giving the start to every donor in turn, which none of them had: how unusual is the gap of the one that did?

Source: Abadie, Diamond & Hainmueller (2010), Synthetic control methods for comparative case studies, JASA 105(490);
(2015), Comparative politics and the synthetic control method, American Journal of Political Science 59(2).
"""

from dataclasses import dataclass

import numpy as np

from clew.evaluate.rows import Floats
from clew.pilot.simplex import EXACT, simplex_weights


@dataclass(frozen=True, slots=True)
class Matching:
    """What the weights must reproduce: `predictors` (U, K) of all units, and their `importance` (K,), not negative.

    Predictors count in units of their own standard deviation over units.
    """

    predictors: Floats
    importance: Floats

    def scaled(self) -> Floats:
        """Predictors whose squared distances are those that count: (U, K)."""
        spread = np.std(self.predictors, axis=0, ddof=1)
        return np.asarray(self.predictors * np.sqrt(self.importance) / np.where(spread > 0, spread, 1.0))


@dataclass(frozen=True, slots=True)
class SyntheticControl:
    """One unit beside its synthetic control. `weights`: (J,) of the donors; `path`, `gap`: (T,) in the outcome's units.

    `gap`: the unit's outcome less the synthetic one. `start`: place of the first treated period. `exact`: the
    periods before it are met exactly, up to rounding, so that their fit tells nothing of later ones.
    """

    weights: Floats
    path: Floats
    gap: Floats
    start: int
    exact: bool

    @property
    def effect(self) -> float:
        """Mean gap from the start on."""
        return float(np.mean(self.gap[self.start :]))

    @property
    def before(self) -> float:
        """Root mean square gap before the start: how well the two agree where they should."""
        return float(np.sqrt(np.mean(self.gap[: self.start] ** 2)))

    @property
    def after(self) -> float:
        """Root mean square gap from the start on."""
        return float(np.sqrt(np.mean(self.gap[self.start :] ** 2)))


def synthetic_control(
    outcome: Floats, unit: int, donors: list[int], start: int, matching: Matching | None = None
) -> SyntheticControl:
    """Weigh `donors` so that they follow `unit` before the period at place `start`.

    `outcome`: (U, T) without gaps. Without `matching` the outcomes of all periods before the start are matched, each
    alike: no predictor is chosen by hand.
    """
    features = outcome[:, :start] if matching is None else matching.scaled()
    weights = simplex_weights(features[donors].T, features[unit])
    path = weights @ outcome[donors]
    gap = outcome[unit] - path
    about = outcome[donors, :start] - outcome[unit, :start]
    scatter = float(np.sqrt(np.mean(about**2)))
    exact = bool(np.sqrt(np.mean(gap[:start] ** 2)) <= 10 * EXACT * scatter)
    return SyntheticControl(weights, path, gap, start, exact)


def in_their_place(
    outcome: Floats, donors: list[int], start: int, matching: Matching | None = None
) -> tuple[SyntheticControl, ...]:
    """Return a synthetic control of every donor in turn, made of the other donors.

    The treated unit is kept out of their pools, so that its effect does not pass for theirs.
    """
    return tuple(
        synthetic_control(outcome, donor, [other for other in donors if other != donor], start, matching)
        for donor in donors
    )


def backdated(outcome: Floats, unit: int, donors: list[int], start: int) -> tuple[SyntheticControl, "PlaceboTest"]:
    """Return what is found if the last third of the periods before the start is taken for treated, and its test.

    Nothing had happened then, so nothing should be found. Source: Abadie, Diamond & Hainmueller (2015), in-time
    placebo.
    """
    earlier = start - max(1, start // 3)
    before = outcome[:, :start]
    fitted = synthetic_control(before, unit, donors, earlier)
    return fitted, PlaceboTest(fitted, in_their_place(before, donors, earlier))


def without_each(
    outcome: Floats, unit: int, donors: list[int], fitted: SyntheticControl
) -> tuple[tuple[int, float], ...]:
    """Return the effect without each donor that has weight: (place among `donors`, effect), heaviest donor first.

    Source: Abadie, Diamond & Hainmueller (2015), leave-one-out.
    """
    weighty = [int(place) for place in np.argsort(-fitted.weights, kind="stable") if fitted.weights[place] >= 0.001]
    return tuple(
        (place, synthetic_control(outcome, unit, [*donors[:place], *donors[place + 1 :]], fitted.start).effect)
        for place in weighty
        if len(donors) > 1
    )


@dataclass(frozen=True, slots=True)
class PlaceboTest:
    """The treated unit among the donors that were given its start. J donors, so J+1 units with the treated one.

    Effects are ranked in units of each one's own misfit before the start, so that badly matched donors do not hide an
    effect. Where somebody is matched exactly these units mean nothing, and the effects themselves are ranked.
    """

    treated: SyntheticControl
    donors: tuple[SyntheticControl, ...]

    @property
    def by_fit(self) -> bool:
        """Whether effects are ranked by their ratio to the misfit."""
        return not any(fitted.exact for fitted in (self.treated, *self.donors))

    @property
    def units(self) -> int:
        """How many units are ranked, the treated one among them."""
        return len(self.donors) + 1

    @property
    def scale(self) -> float:
        """The misfit in whose units the treated unit's effect is ranked; 1 where it is ranked as it is."""
        return self.treated.before if self.by_fit else 1.0

    def sizes(self) -> Floats:
        """The donors' placebo effects, without sign, on the treated unit's scale, in the outcome's units: (J,)."""
        return np.array([abs(fit.effect) / (fit.before if self.by_fit else 1.0) * self.scale for fit in self.donors])

    def p_value(self, effect: float = 0.0) -> float:
        """Return the share of units whose effect is at least as far from `effect` as the treated unit's is."""
        own = abs(self.treated.effect - effect)
        return float(1 + np.count_nonzero(self.sizes() >= own * (1 - 1e-12))) / self.units

    def interval(self, level: float) -> tuple[float, float]:
        """Return the effects that the placebo test does not reject at 1 − `level`.

        Infinite where so few units can reject nothing: that needs 1 / (1 − level) of them.
        Source: Firpo & Possebom (2018), Synthetic control method: inference, sensitivity analysis and confidence sets,
        Journal of Causal Inference 6(2), with the mean effect as the statistic.
        """
        must_exceed = int(np.floor((1 - level) * self.units + 1e-9))
        half = np.inf if must_exceed == 0 else float(np.sort(self.sizes())[-must_exceed])
        return self.treated.effect - half, self.treated.effect + half

    def spread(self) -> float:
        """Root mean square of the donors' placebo effects, on the treated unit's scale."""
        return float(np.sqrt(np.mean(self.sizes() ** 2)))

    def ratio_p_value(self) -> float:
        """Return the share of units whose gap grew at the start by at least as large a factor as the treated unit's.

        The factor is the root mean square gap from the start on over that before; where somebody is matched exactly,
        the former alone. It answers whether anything changed, at any time, in either direction. Source: Abadie,
        Diamond & Hainmueller (2010), §3.5.
        """
        own, others = self._ratio(self.treated), np.array([self._ratio(fitted) for fitted in self.donors])
        return float(1 + np.count_nonzero(others >= own * (1 - 1e-12))) / self.units

    def _ratio(self, fitted: SyntheticControl) -> float:
        return fitted.after / fitted.before if self.by_fit else fitted.after
