"""People as a mixture of groups of one shape: where each lies, how large it is, and who belongs to it how surely."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

STARTS, FIRST_STEPS, GO_ON = 6, 8, 2
"""Starts, after how many steps the best go on, and how many do."""

STEPS = 60
AT_REST = 1e-4
"""Rise of the mean log-density a person below which a mixture rests."""

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
        alone = _Climbing(self.centre[None], self.share[None], self.spread[None])
        return np.asarray(_expect(place, alone)[0][0])


@dataclass(frozen=True, slots=True, eq=False)
class _Climbing:
    """Mixtures on their way, b of them side by side: centre (b × k × d), share (b × k), spread (b × d × d)."""

    centre: Floats
    share: Floats
    spread: Floats

    def rows(self, which: NDArray[np.integer]) -> "_Climbing":
        """Return some of them."""
        return _Climbing(self.centre[which], self.share[which], self.spread[which])


def find_mixture(place: Floats, groups: int, rng: np.random.Generator) -> Mixture:
    """Return the likeliest mixture of so many groups, of several starts; place (n × d). Largest group first.

    Groups share one covariance, so that a small one is found where it lies apart and a wide one is not split for being
    wide. Sources: McLachlan & Peel, Finite Mixture Models (2000), ch. 3; starts by k-means++, Arthur & Vassilvitskii,
    SODA 2007, of which the best after a few steps go on: Biernacki, Celeux & Govaert, Computational Statistics & Data
    Analysis 41 (2003).
    """
    fixed = _fixed(place)
    one = _moments(place, np.ones((1, len(place), 1)), fixed)
    if groups == 1:
        return Mixture(one.centre[0], one.share[0], one.spread[0])
    begun = _moments(place, np.stack([_spread_out(place, groups, rng) for _ in range(STARTS)]), fixed)
    some, density = _climb(place, begun, fixed, FIRST_STEPS)
    ahead = np.argsort(-density, kind="stable")[:GO_ON]
    found, density = _climb(place, some.rows(ahead), fixed, STEPS)
    best = int(density.argmax())
    return _ordered(found, best, float(density[best] - _expect(place, one)[1].mean()))


def _ordered(found: _Climbing, row: int, gain: float) -> Mixture:
    order = np.argsort(-found.share[row], kind="stable")
    return Mixture(found.centre[row][order], found.share[row][order], found.spread[row], gain)


def _spread_out(place: Floats, groups: int, rng: np.random.Generator) -> Floats:
    """Membership (n × k) by the nearest of k places drawn far from each other."""
    chosen = [int(rng.integers(len(place)))]
    nearest = ((place - place[chosen[0]]) ** 2).sum(1)
    for _ in range(groups - 1):
        heights = np.cumsum(nearest)
        chosen.append(min(int(np.searchsorted(heights, rng.random() * heights[-1], "right")), len(place) - 1))
        nearest = np.minimum(nearest, ((place - place[chosen[-1]]) ** 2).sum(1))
    away = ((place[:, None, :] - place[chosen]) ** 2).sum(2)
    return np.asarray(np.eye(groups)[away.argmin(1)])


def _climb(place: Floats, mixtures: _Climbing, fixed: tuple[Floats, Floats], most: int) -> tuple[_Climbing, Floats]:
    """Expectation and maximisation in turn, until none rises any more; with the mean log-density of each (b)."""
    before = np.full(len(mixtures.share), -np.inf)
    for _ in range(most):
        member, density = _expect(place, mixtures)
        mean = density.mean(1)
        if (mean - before < AT_REST).all():
            return mixtures, mean
        mixtures, before = _moments(place, member, fixed), mean
    return mixtures, before


def _expect(place: Floats, mixtures: _Climbing) -> tuple[Floats, Floats]:
    """The chance of each group for each place (b × n × k), and the log-density of each place (b × n), less a constant.

    The square of a place is the same for all groups, as they share their spread, so it is left out of the chances.
    """
    precision = np.asarray(np.linalg.inv(mixtures.spread), np.float64)
    slopes = mixtures.centre @ precision
    logs = place @ slopes.transpose(0, 2, 1)
    logs += (np.log(mixtures.share) - (slopes * mixtures.centre).sum(2) / 2)[:, None, :]
    highest = _across(np.maximum, logs)
    chances = np.exp(logs - highest[:, :, None])
    total = _across(np.add, chances)
    chances /= total[:, :, None]
    squares = _across(np.add, (place @ precision) * place)
    size = np.linalg.slogdet(mixtures.spread)[1][:, None]
    return chances, highest + np.log(total) - squares / 2 - size / 2


def _across(fold: np.ufunc, values: Floats) -> Floats:
    """Fold the last axis, which is short: one column after the other is several times faster than `reduce`."""
    found = values[:, :, 0]
    for column in range(1, values.shape[2]):
        found = fold(found, values[:, :, column])
    return found


def _fixed(place: Floats) -> tuple[Floats, Floats]:
    """What does not change while mixtures climb: products of the places (d × d), and the least spread."""
    return place.T @ place, RIDGE * max(float(place.var(0).sum()), 1e-12) * np.eye(place.shape[1])


def _moments(place: Floats, member: Floats, fixed: tuple[Floats, Floats]) -> _Climbing:
    """The mixtures in which people are members as given (b × n × k)."""
    products, least = fixed
    weight = member.sum(1) + 1e-9
    centre = (member.transpose(0, 2, 1) @ place) / weight[:, :, None]
    within = products - (centre * weight[:, :, None]).transpose(0, 2, 1) @ centre
    return _Climbing(centre, weight / weight.sum(1, keepdims=True), within / len(place) + least)
