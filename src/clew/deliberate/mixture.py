"""People as a mixture of groups of one shape: where each lies, how large it is, and who belongs to it how surely."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

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
        return np.asarray(_expect(place[None], alone)[0][0])


@dataclass(frozen=True, slots=True, eq=False)
class _Climbing:
    """Mixtures on their way, b of them side by side: centre (b × k × d), share (b × k), spread (b × d × d)."""

    centre: Floats
    share: Floats
    spread: Floats


def find_mixture(place: Floats, groups: int, rng: np.random.Generator, *, starts: int) -> Mixture:
    """Return the likeliest mixture of so many groups, of several starts; place (n × d)."""
    return find_mixtures(place[None], groups, rng, starts=starts)[0]


def find_mixtures(places: Floats, groups: int, rng: np.random.Generator, *, starts: int) -> list[Mixture]:
    """Return the likeliest mixture of so many groups for each of several sets of places (b × n × d).

    Groups share one covariance, so that a small one is found where it lies apart and a wide one is not split for being
    wide. Largest group first. Source: McLachlan & Peel, Finite Mixture Models (2000), ch. 3; starts by k-means++,
    Arthur & Vassilvitskii, SODA 2007.
    """
    one = _moments(places, np.ones((*places.shape[:2], 1)), _fixed(places))
    base = _expect(places, one)[1].mean(1)
    if groups == 1:
        return [Mixture(*each) for each in zip(one.centre, one.share, one.spread, strict=True)]
    repeated = np.repeat(places, starts, axis=0)
    found, density = _climb(repeated, np.stack([_spread_out(place, groups, rng) for place in repeated]))
    best = density.reshape(-1, starts).argmax(1) + starts * np.arange(len(places))
    return [_ordered(found, int(row), float(density[row] - base[at])) for at, row in enumerate(best)]


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


def _climb(places: Floats, member: Floats) -> tuple[_Climbing, Floats]:
    """Expectation and maximisation in turn, until none rises any more; with the mean log-density of each (b)."""
    fixed = _fixed(places)
    mixtures, before = _moments(places, member, fixed), np.full(len(places), -np.inf)
    for _ in range(STEPS):
        member, density = _expect(places, mixtures)
        mean = density.mean(1)
        if (mean - before < AT_REST).all():
            return mixtures, mean
        mixtures, before = _moments(places, member, fixed), mean
    return mixtures, _expect(places, mixtures)[1].mean(1)


def _expect(places: Floats, mixtures: _Climbing) -> tuple[Floats, Floats]:
    """The chance of each group for each place (b × n × k), and the log-density of each place (b × n), less a constant.

    The square of a place is the same for all groups, as they share their spread, so it is left out of the chances.
    """
    precision = np.asarray(np.linalg.inv(mixtures.spread), np.float64)
    slopes = mixtures.centre @ precision
    logs = places @ slopes.transpose(0, 2, 1)
    logs += (np.log(mixtures.share) - (slopes * mixtures.centre).sum(2) / 2)[:, None, :]
    highest = _across(np.maximum, logs)
    chances = np.exp(logs - highest[:, :, None])
    total = _across(np.add, chances)
    squares = _across(np.add, (places @ precision) * places)
    size = np.linalg.slogdet(mixtures.spread)[1][:, None]
    return chances / total[:, :, None], highest + np.log(total) - squares / 2 - size / 2


def _across(fold: np.ufunc, values: Floats) -> Floats:
    """Fold the last axis, which is short: one column after the other is several times faster than `reduce`."""
    found = values[:, :, 0]
    for column in range(1, values.shape[2]):
        found = fold(found, values[:, :, column])
    return found


def _fixed(places: Floats) -> tuple[Floats, Floats]:
    """What does not change while mixtures climb: products of the places (b × d × d), and the least spread."""
    least = RIDGE * np.maximum(places.var(1).sum(1), 1e-12)[:, None, None] * np.eye(places.shape[2])
    return places.transpose(0, 2, 1) @ places, least


def _moments(places: Floats, member: Floats, fixed: tuple[Floats, Floats]) -> _Climbing:
    """The mixtures in which people are members as given (b × n × k)."""
    products, least = fixed
    weight = member.sum(1) + 1e-9
    centre = (member.transpose(0, 2, 1) @ places) / weight[:, :, None]
    within = products - (centre * weight[:, :, None]).transpose(0, 2, 1) @ centre
    return _Climbing(centre, weight / weight.sum(1, keepdims=True), within / places.shape[1] + least)
