"""People as a mixture of groups of one shape: where each lies, how large it is, and who belongs to it how surely."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

STARTS = 8
STEPS = 60
AT_REST = 1e-5
RIDGE = 1e-3
"""Least variance of a group in any direction, as a share of everybody's."""


@dataclass(frozen=True, slots=True, eq=False)
class Mixture:
    """centre (k × d), share (k), spread (d × d, the same for all groups), gain: mean log-density above one group."""

    centre: Floats
    share: Floats
    spread: Floats
    gain: float = 0.0

    def membership(self, place: Floats) -> Floats:
        """The chance of each group for each place (n × k); rows sum to one."""
        return self.expect(place)[0]

    def expect(self, place: Floats) -> tuple[Floats, Floats]:
        """The chance of each group for each place (n × k), and the log-density of each place (n), less a constant.

        The square of a place is the same for all groups, as they share their spread, so it is left out of the chances.
        """
        precision = np.linalg.inv(self.spread)
        slopes = self.centre @ precision
        logs = place @ slopes.T + (np.log(self.share) - (slopes * self.centre).sum(1) / 2)
        highest = logs.max(axis=1, keepdims=True)
        chances = np.exp(logs - highest)
        total = chances.sum(axis=1, keepdims=True)
        density = highest[:, 0] + np.log(total[:, 0]) - ((place @ precision) * place).sum(1) / 2
        return chances / total, density - np.linalg.slogdet(self.spread)[1] / 2


def find_mixture(place: Floats, groups: int, rng: np.random.Generator, *, starts: int = STARTS) -> Mixture:
    """Return the likeliest mixture of so many groups, of several starts.

    place (n × d). Groups share one covariance, so that a small one is found where it lies apart and a wide one is not
    split for being wide. Source: McLachlan & Peel, Finite Mixture Models (2000), ch. 3; starts by k-means++, Arthur &
    Vassilvitskii, SODA 2007.
    """
    one = _moments(place, np.ones((len(place), 1)), _floor(place))
    if groups == 1:
        return one
    base = one.expect(place)[1].mean()
    found = [_climb(place, _spread_out(place, groups, rng)) for _ in range(starts)]
    best = max(found, key=lambda each: each.gain)
    order = np.argsort(-best.share, kind="stable")
    return Mixture(best.centre[order], best.share[order], best.spread, float(best.gain - base))


def _floor(place: Floats) -> Floats:
    return RIDGE * np.eye(place.shape[1]) * max(float(place.var(0).sum()), 1e-12)


def _spread_out(place: Floats, groups: int, rng: np.random.Generator) -> Floats:
    """Chances of membership (n × k) by the nearest of k places drawn far from each other."""
    chosen = [int(rng.integers(len(place)))]
    nearest = ((place - place[chosen[0]]) ** 2).sum(1)
    for _ in range(groups - 1):
        heights = np.cumsum(nearest)
        chosen.append(min(int(np.searchsorted(heights, rng.random() * heights[-1], "right")), len(place) - 1))
        nearest = np.minimum(nearest, ((place - place[chosen[-1]]) ** 2).sum(1))
    away = ((place[:, None, :] - place[chosen]) ** 2).sum(2)
    return np.asarray(np.eye(groups)[away.argmin(1)])


def _climb(place: Floats, member: Floats) -> Mixture:
    floor, before = _floor(place), -np.inf
    mixture = _moments(place, member, floor)
    for _ in range(STEPS):
        member, density = mixture.expect(place)
        mixture = _moments(place, member, floor, float(density.mean()))
        if mixture.gain - before < AT_REST:
            break
        before = mixture.gain
    return mixture


def _moments(place: Floats, member: Floats, floor: Floats, gain: float = 0.0) -> Mixture:
    weight = member.sum(0) + 1e-9
    centre = (member.T @ place) / weight[:, None]
    spread = (place.T @ place - (centre * weight[:, None]).T @ centre) / len(place)
    return Mixture(centre, weight / weight.sum(), spread + floor, gain)
