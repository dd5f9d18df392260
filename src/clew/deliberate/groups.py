"""Groups, from one up: more than one only where it is clearer than chance gives, and stays when people vote anew.

Clearness of k groups is how much better a mixture of k describes where people stand than one group does (mean
log-likelihood a person). What chance gives is seen twice. Votes are shuffled within each statement, which keeps how
popular each statement is and who voted on what, and mapped anew: that is people who differ in nothing. And votes are
drawn from the fitted model for people spread evenly about one middle (normal positions): that is people who differ by
degrees, along slopes without a gap, whom few votes alone can make look like camps. Groups must be clearer than both.

Source of the second: Liu, Hayes, Nobel & Marron, Journal of the American Statistical Association 103 (2008), whose test
of clusters holds them against one normal.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.special import expit

from clew.deliberate.factors import PASSING, SIDE, Factors, Floats
from clew.deliberate.fit import MOST_SWEEPS, fit, nobody_known, place, sample_people
from clew.deliberate.mixture import Mixture, find_mixture, find_mixtures
from clew.deliberate.observations import observations_of
from clew.deliberate.positions import Positions, positions_of, principal_axes
from clew.deliberate.votes import Votes

MOST_GROUPS = 6
FEWEST_PEOPLE = 10
"""A smaller group is not told apart: it could be read as persons."""

DRAWS, RESAMPLES = 19, 10
CHANCE = 0.05
STABLE, EACH_STABLE = 0.75, 0.6
"""Mean overlap of all groups, and of each (Hennig, Computational Statistics & Data Analysis 52 (2007))."""

DROPPED = 0.2
"""The share of votes left out in each resample."""

SAMPLED_VOTES, SAMPLED_PEOPLE = 60_000, 1_500
"""The most of the sample on which groups of a large conversation are held against chance and against resampling."""

GROUPED_PEOPLE = 20_000
"""Of more people the mixture is found on every second, third and so on; each then has a place in it."""

NULL_SWEEPS = 12
STARTS = 6
"""Starts of each mixture."""


@dataclass(frozen=True, slots=True)
class Tried:
    """One number of groups: `clearness`, the largest that chance gave, `p_value`, and overlap by group."""

    k: int
    clearness: float
    by_chance: float
    p_value: float
    overlap: tuple[float, ...] = ()

    @property
    def stability(self) -> float | None:
        """Mean overlap (Jaccard) of the groups with the same ones in resamples; None where it was not asked."""
        return float(np.mean(self.overlap)) if self.overlap else None

    @property
    def accepted(self) -> bool:
        """Whether it is clearer than chance and stable."""
        steady = bool(self.overlap) and min(self.overlap) >= EACH_STABLE and float(np.mean(self.overlap)) >= STABLE
        return self.p_value <= CHANCE and steady


@dataclass(frozen=True, slots=True, eq=False)
class Grouping:
    """What was found: the mixture (None for one group), and every number of groups that was tried."""

    mixture: Mixture | None
    tried: tuple[Tried, ...]
    overlap: tuple[float, ...] = (1.0,)

    @property
    def k(self) -> int:
        """How many groups there are."""
        return 1 if self.mixture is None else len(self.mixture.share)


def find_groups(
    votes: Votes, factors: Factors, positions: Positions, seed: int, *, advance: Callable[[], None] | None = None
) -> Grouping:
    """Return the most groups that are clearer than chance and stable; one where there are none.

    seed: of shuffles, resamples and starts. The same arguments give the same groups.
    """
    placed = votes.of_voters(positions.placed)
    if not factors.dimensions or len(placed.voters) < 2 * FEWEST_PEOPLE:
        return Grouping(None, ())
    some = sample_people(placed, SAMPLED_VOTES, seed, SAMPLED_PEOPLE)
    axes = positions.leading
    whole = positions.place[positions.placed, :axes]
    where = whole if some is placed else fitted_places(some, factors)[:, :axes]
    tried = try_groups(Bench(some, factors, where, seed, advance))
    for one in reversed([each for each in tried if each.accepted]):
        every = whole[:: -(-len(whole) // GROUPED_PEOPLE)]
        found = find_mixture(every, one.k, np.random.default_rng([seed, 4]), starts=STARTS)
        if smallest(found, whole) >= FEWEST_PEOPLE:
            return Grouping(found, tried, one.overlap)
    return Grouping(None, tried)


def smallest(mixture: Mixture, place: Floats) -> int:
    """Return how many people the smallest group has, each person being in the likeliest."""
    return int(np.bincount(_hard(mixture, place), minlength=len(mixture.share)).min())


def try_groups(bench: "Bench") -> tuple[Tried, ...]:
    """Return every number of groups that was tried, from two up; two failures in a row end the search."""
    tried: list[Tried] = []
    best, most = 1, min(MOST_GROUPS, len(bench.place) // FEWEST_PEOPLE)
    for k in range(2, most + 1):
        if k > best + 2:
            break
        one = bench.against_chance(k, best)
        if one.p_value <= CHANCE:
            one = replace(one, overlap=bench.stability(k))
            best = k if one.accepted else best
        tried.append(one)
    return tuple(tried)


class Bench:
    """Where numbers of groups are tried: the places, what chance makes of the votes, what resamples make of them.

    Shuffled and resampled votes are fitted once, when first asked for, whatever number of groups is tried.
    """

    def __init__(
        self, votes: Votes, factors: Factors, place: Floats, seed: int, advance: Callable[[], None] | None = None
    ) -> None:
        self.votes, self.factors, self.place, self.seed = votes, factors, place, seed
        self._advance = advance or _stay
        self._known: dict[int, list[Floats]] = {}

    def against_chance(self, k: int, best: int) -> Tried:
        """How clear k groups are beyond the best fewer, against what chance adds in the same step."""
        clear, *by_chance = self._clearness(k)
        fewer, *fewer_by_chance = self._clearness(best)
        step = float(clear[0] - fewer[0])
        p_values = [
            (1 + int((high - low >= step).sum())) / (1 + len(high))
            for high, low in zip(by_chance, fewer_by_chance, strict=True)
        ]
        return Tried(k, float(clear[0]), float(np.max(by_chance)), max(p_values))

    def _clearness(self, k: int) -> list[Floats]:
        """How clear k groups are in the votes (1), in each shuffle of them, and in each draw by degrees (draws)."""
        if k not in self._known:
            rng = np.random.default_rng([self.seed, 6, k])
            everywhere = (self.place[None], self.shuffled, self.by_degrees)
            found = (find_mixtures(places, k, rng, starts=STARTS) for places in everywhere)
            self._known[k] = [np.array([one.gain for one in each]) for each in found]
        return self._known[k]

    @cached_property
    def shuffled(self) -> Floats:
        """Where the same people stand by votes shuffled within each statement (draws × n × d)."""
        draws = (np.random.default_rng([self.seed, 3, draw]) for draw in range(DRAWS))
        return np.stack([self._fitted(shuffle(self.votes, rng), NULL_SWEEPS) for rng in draws])

    @cached_property
    def by_degrees(self) -> Floats:
        """Where as many people would be placed who differ by degrees alone (draws × n × d)."""
        draws = (np.random.default_rng([self.seed, 7, draw]) for draw in range(DRAWS))
        return np.stack([self._placed(drawn_by_degrees(self.votes, self.factors, rng)) for rng in draws])

    def _placed(self, votes: Votes) -> Floats:
        self._advance()
        people = nobody_known(len(votes.voters), self.factors.dimensions, self.factors.prior)
        model = place(observations_of(votes), replace(self.factors, people=people), most=NULL_SWEEPS)
        return positions_of(model, principal_axes(self.factors)).place[:, : self.place.shape[1]]

    @cached_property
    def resampled(self) -> Floats:
        """Where the same people stand when a fifth of the votes is left out (draws × n × d)."""
        draws = (np.random.default_rng([self.seed, 5, draw]) for draw in range(RESAMPLES))
        return np.stack([self._fitted(self.votes.where(rng.random(len(self.votes.value)) >= DROPPED)) for rng in draws])

    def _fitted(self, votes: Votes, most: int = MOST_SWEEPS) -> Floats:
        self._advance()
        return fitted_places(votes, self.factors, most)[:, : self.place.shape[1]]

    def stability(self, k: int) -> tuple[float, ...]:
        """Return the mean overlap of each group with its twin when votes are left out and all is done anew."""
        rng = np.random.default_rng([self.seed, 4])
        groups = _hard(find_mixture(self.place, k, rng, starts=STARTS), self.place)
        again = zip(find_mixtures(self.resampled, k, rng, starts=STARTS), self.resampled, strict=True)
        overlaps = [overlap(groups, _hard(mixture, place), k) for mixture, place in again]
        return tuple(float(one) for one in np.mean(overlaps, axis=0))


def _hard(mixture: Mixture, place: Floats) -> NDArray[np.intp]:
    return np.asarray(mixture.membership(place).argmax(1))


def _stay() -> None:
    """Tell nobody."""


def fitted_places(votes: Votes, factors: Factors, most: int = MOST_SWEEPS) -> Floats:
    """Return where people stand by these votes alone (n × d), with the dimensions and shrinkage of the model."""
    return positions_of(fit(votes, factors.dimensions, factors.prior.floor, most=most)).place


def drawn_by_degrees(votes: Votes, factors: Factors, rng: np.random.Generator) -> Votes:
    """Return who voted on what as it was, with votes drawn from the model for people spread about one middle."""
    prior, items = factors.prior, factors.items.mean
    where = rng.normal(size=(len(votes.voters), factors.dimensions))
    yes = []
    for kind in (SIDE, PASSING):
        leaning = rng.normal(size=len(where)) * np.sqrt(prior.leaning[kind])
        odds = items[kind][:, 0][votes.statement] + leaning[votes.voter]
        odds += (where[votes.voter] * items[kind][:, 1:][votes.statement]).sum(1)
        yes.append(rng.random(len(odds)) < expit(odds))
    return replace(votes, value=np.where(yes[PASSING], 0, np.where(yes[SIDE], 1, -1)).astype(np.int8))


def shuffle(votes: Votes, rng: np.random.Generator) -> Votes:
    """Return the votes dealt anew within each statement, among those who voted on it."""
    by_statement = np.argsort(votes.statement, kind="stable")
    dealt = np.lexsort((rng.random(len(votes.value)), votes.statement))
    value = np.empty_like(votes.value)
    value[by_statement] = votes.value[dealt]
    return replace(votes, value=value)


def overlap(one: NDArray[np.integer], other: NDArray[np.integer], k: int) -> Floats:
    """Return how far each group of the one has its members in the group of the other that is its twin (Jaccard, k)."""
    shared = np.bincount(one * k + other, minlength=k * k).reshape(k, k).astype(np.float64)
    union = shared.sum(1)[:, None] + shared.sum(0) - shared
    share = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
    rows, twins = linear_sum_assignment(-share)
    return np.asarray(share[rows, twins])
