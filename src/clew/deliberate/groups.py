"""Groups, from one up: more than one only where it is clearer than chance gives, and stays when people vote anew.

Clearness of k groups is how much better a mixture of k describes where people stand than one group does (mean
log-likelihood a person). What chance gives is seen in two ways. Votes are shuffled within each statement, which keeps
how popular each statement is and who voted on what, and mapped anew: that is people who differ in nothing. And votes
are drawn from the fitted model for people in as many groups as are known already, who within them differ by degrees:
along slopes without a gap, which few votes alone can make look like camps. One group more must be clearer than both.

Sources: McLachlan, Applied Statistics 36 (1987), the number of groups by drawing from fewer; Liu, Hayes, Nobel &
Marron, Journal of the American Statistical Association 103 (2008), one normal as that null; Besag & Clifford,
Biometrika 78 (1991), draws that end once the answer is known.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from clew.deliberate.by_chance import Sample
from clew.deliberate.factors import Factors, Floats
from clew.deliberate.fit import MOST_SWEEPS, fit, sample_people
from clew.deliberate.mixture import Mixture, find_mixture
from clew.deliberate.positions import Positions, positions_of
from clew.deliberate.votes import Votes

MOST_GROUPS = 6
FEWEST_PEOPLE = 10
"""A smaller group is not told apart: it could be read as persons."""

DRAWS, RESAMPLES = 19, 10
CHANCE = 0.05
STABLE, EACH_STABLE = 0.85, 0.6
"""Mean overlap of all groups, highly stable, and of each, no mere pattern (Hennig, Computational Statistics & Data
Analysis 52 (2007))."""

DROPPED = 0.2
"""The share of votes left out in each resample."""

SAMPLED_VOTES, SAMPLED_PEOPLE = 60_000, 1_500
"""The most of the sample on which groups of a large conversation are held against chance and against resampling."""

GROUPED_PEOPLE = 20_000
"""Of more people the mixture is found on every second, third and so on; each then has a place in it."""

OF_MIXTURES, OF_SHUFFLES, OF_DRAWS, OF_RESAMPLES = range(3, 7)
"""What dice are thrown for: each has its own, so that more of the one leaves the others as they are."""


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
    whole = positions.place[positions.placed, : positions.leading]
    bench = Bench(_sample(placed, factors, positions, seed), seed, advance)
    tried = tuple(bench.every_number())
    for one in reversed([each for each in tried if each.accepted]):
        every = whole[:: -(-len(whole) // GROUPED_PEOPLE)]
        found = find_mixture(every, one.k, np.random.default_rng([seed, OF_MIXTURES]))
        if smallest(found, whole) >= FEWEST_PEOPLE:
            return Grouping(found, tried, one.overlap)
    return Grouping(None, tried)


def _sample(placed: Votes, factors: Factors, positions: Positions, seed: int) -> Sample:
    """Those on whom numbers of groups are tried: all who are placed, or some of many, by their votes alone."""
    some = sample_people(placed, SAMPLED_VOTES, seed, SAMPLED_PEOPLE)
    if some is placed:
        return Sample(placed, factors, positions.of(positions.placed), positions.leading)
    model = fit(some, factors.dimensions, factors.prior.floor)
    return Sample(some, model, positions_of(model), positions.leading)


def smallest(mixture: Mixture, place: Floats) -> int:
    """Return how many people the smallest group has, each person being in the likeliest."""
    return int(np.bincount(_hard(mixture, place), minlength=len(mixture.share)).min())


class Bench:
    """Where numbers of groups are tried: against what chance makes of the votes, and with some of the votes left out.

    Whatever is drawn and mapped is so once, when first asked for.
    """

    def __init__(self, sample: Sample, seed: int, advance: Callable[[], None] | None = None) -> None:
        self.sample, self.seed = sample, seed
        self._advance = advance or _stay
        self._known: dict[int, Mixture] = {}
        self._stand: dict[int, Mixture] = {}
        self._places: dict[tuple[int, int, int], Floats] = {}

    def every_number(self) -> Iterator[Tried]:
        """Yield every number of groups that is tried, from two up.

        The first that is no clearer than chance ends the search. One that is clearer but not stable does not, unless
        two in a row are: of two camps that are each in two parts, three groups may be any three.
        """
        best, most = 1, min(MOST_GROUPS, len(self.sample.place) // FEWEST_PEOPLE)
        for k in range(2, most + 1):
            one = self.against_chance(k, best)
            if one.p_value <= CHANCE:
                one = replace(one, overlap=self.stability(k))
            yield one
            best = k if one.accepted else best
            if one.p_value > CHANCE or k == best + 2:
                return

    def against_chance(self, k: int, best: int) -> Tried:
        """How clear k groups are beyond the best fewer, against what chance adds in the same step.

        The first draw in which chance adds as much ends it: one in as many draws as it took is then p.
        """
        clear, fewer = self.mixture(k).gain, self.mixture(best).gain
        highest = -np.inf
        for draw, step in self._steps_by_chance(k, best):
            highest = max(highest, step)
            if fewer + step >= clear:
                return Tried(k, clear, fewer + highest, 1 / (draw + 1))
        return Tried(k, clear, fewer + highest, 1 / (DRAWS + 1))

    def _steps_by_chance(self, k: int, best: int) -> Iterator[tuple[int, float]]:
        """Yield, with the number of the draw, how much clearer k groups are than the best fewer where chance decides.

        Shuffled votes hold no group at all, so they are asked against one group alone.
        """
        for draw in range(DRAWS):
            for kind in (OF_DRAWS, OF_SHUFFLES) if best == 1 else (OF_DRAWS,):
                place = self._placed(kind, best, draw)
                many, fewer = (self._found(place, number, [kind, best, draw]).gain for number in (k, best))
                yield draw, many - fewer

    def _placed(self, kind: int, best: int, draw: int) -> Floats:
        if (known := (kind, best, draw)) not in self._places:
            self._advance()
            rng = self._rng(*known)
            shuffled = kind == OF_SHUFFLES
            made = self.sample.shuffled(rng) if shuffled else self.sample.standing_in(self.known(best), rng)
            self._places[known] = made
        return self._places[known]

    def mixture(self, k: int) -> Mixture:
        """Return the mixture of k groups of the people in the sample."""
        if k not in self._known:
            self._known[k] = self._found(self.sample.place, k, [])
        return self._known[k]

    def known(self, k: int) -> Mixture:
        """Return where people stand if they stand in k groups, to be placed as they are."""
        if k not in self._stand:
            self._stand[k] = self.sample.where_to_stand(self.mixture(k), self._rng(OF_DRAWS, k))
        return self._stand[k]

    def _found(self, place: Floats, k: int, of: list[int]) -> Mixture:
        return find_mixture(place, k, self._rng(OF_MIXTURES, k, *of))

    def _rng(self, *of: int) -> np.random.Generator:
        return np.random.default_rng([self.seed, *of])

    @cached_property
    def resampled(self) -> list[Floats]:
        """Where the same people stand when a fifth of the votes is left out (n × axes, each time)."""
        return [self._with_fewer_votes(self._rng(OF_RESAMPLES, draw)) for draw in range(RESAMPLES)]

    def _with_fewer_votes(self, rng: np.random.Generator) -> Floats:
        self._advance()
        votes = self.sample.votes
        return self.sample.placed_by(votes.where(rng.random(len(votes.value)) >= DROPPED), most=MOST_SWEEPS)

    def stability(self, k: int) -> tuple[float, ...]:
        """Return the mean overlap of each group with its twin when votes are left out and all is done anew."""
        groups = _hard(self.mixture(k), self.sample.place)
        again = (_hard(self._found(place, k, [OF_RESAMPLES, draw]), place) for draw, place in enumerate(self.resampled))
        return tuple(float(one) for one in np.mean([overlap(groups, one, k) for one in again], axis=0))


def _hard(mixture: Mixture, place: Floats) -> NDArray[np.intp]:
    return np.asarray(mixture.membership(place).argmax(1))


def _stay() -> None:
    """Tell nobody."""


def overlap(one: NDArray[np.integer], other: NDArray[np.integer], k: int) -> Floats:
    """Return how far each group of the one has its members in the group of the other that is its twin (Jaccard, k)."""
    shared = np.bincount(one * k + other, minlength=k * k).reshape(k, k).astype(np.float64)
    union = shared.sum(1)[:, None] + shared.sum(0) - shared
    share = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
    rows, twins = linear_sum_assignment(-share)
    return np.asarray(share[rows, twins])
