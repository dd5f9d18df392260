"""How large the share of a group is that would vote so, when only some of its members voted: Beta posteriors.

Two readings of "the share of group B who agree" are kept apart. Among its *members*, those who voted are known and the
others are predicted. Among *people like them*, of whom the members are a sample, nobody is known. Either can be the
surer one. What is claimed holds in both: the smaller probability counts, and intervals hold both.

Nor is a group counted in on the strength of what others said: a claim must hold with pooling and without it. Pooling
may sober a group's lucky few votes; it can never stand for votes that nobody gave.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import betainc, betaincinv, betaln

from clew.deliberate.pooling import Expected, Floats, expected

EXACT_UP_TO = 200
"""Up to this many members who did not vote, the beta-binomial is summed; beyond, a Beta alike in mean and variance
is off by less than 0.005."""
ROUNDING = 1e-9
UNIFORM = 2.0
"""The strength of an expectation of a half under which every share is as probable as any other."""
SUREST = 1e9
"""The strength of a Beta that stands for a known number."""


@dataclass(frozen=True, slots=True, eq=False)
class Shares:
    """Posteriors of shares (G × S): Beta(`a`, `b`) among people like the members.

    counted: members known to vote so; unknown: members who did not vote; members: all of them (at least 1).
    """

    a: Floats
    b: Floats
    counted: Floats
    unknown: Floats
    members: Floats

    @property
    def mean(self) -> Floats:
        """The expected share of the members."""
        return (self.counted + self.unknown * self.a / (self.a + self.b)) / self.members

    def among_the_like(self, share: float) -> Floats:
        """Return the probability that of people like the members at least that share vote so."""
        return np.asarray(1 - betainc(self.a, self.b, share), np.float64)

    def among_members(self, share: float) -> Floats:
        """Return the probability that of the members themselves at least that share vote so."""
        lacking = np.ceil(share * self.members - self.counted - ROUNDING)
        return beta_binomial_tail(self.a, self.b, self.unknown, lacking)

    def at_least(self, share: float) -> Floats:
        """Return the smaller of both probabilities that at least that share vote so."""
        return np.minimum(self.among_the_like(share), self.among_members(share))

    def below(self, share: float) -> Floats:
        """Return the smaller of both probabilities that less than that share vote so."""
        return 1 - np.maximum(self.among_the_like(share), self.among_members(share))

    def interval(self, level: float) -> tuple[Floats, Floats]:
        """Return bounds between which both shares lie with at least that probability each."""
        low, high = self._quantile((1 - level) / 2), self._quantile((1 + level) / 2)
        return np.minimum(low, self.mean), np.maximum(high, self.mean)

    def _quantile(self, at: float) -> Floats:
        alike = betaincinv(self.a, self.b, at)
        predicted = betaincinv(*matched_beta(self.a, self.b, self.unknown), at) * (self.unknown + 1) - 0.5
        known = (self.counted + np.clip(predicted, 0, self.unknown)) / self.members
        return np.minimum(alike, known) if at < 0.5 else np.maximum(alike, known)


def shares(count: Floats, seen: Floats, size: Floats, before: Expected) -> Shares:
    """Return the posteriors of the share who vote so, of members `size` (G) and votes `count` of `seen` (G × S).

    Votes may be sums of weights; what is then known of the members is what the effective number of votes tells.
    """
    strength = before.strength[:, None]
    members = np.broadcast_to(np.maximum(size, 1.0)[:, None], seen.shape)
    return Shares(
        a=strength * before.mean + count,
        b=strength * (1 - before.mean) + seen - count,
        counted=count,
        unknown=np.rint(np.maximum(members - seen, 0)),
        members=members,
    )


@dataclass(frozen=True, slots=True, eq=False)
class Claims:
    """What may be claimed of the shares (G × S): what holds with pooling (`pooled`) and without (`alone`)."""

    pooled: Shares
    alone: Shares

    @property
    def mean(self) -> Floats:
        """The expected share of the members, pooled."""
        return self.pooled.mean

    def at_least(self, share: float) -> Floats:
        """Return the probability, the smallest of all, that at least that share vote so."""
        return np.minimum(self.pooled.at_least(share), self.alone.at_least(share))

    def below(self, share: float) -> Floats:
        """Return the probability, the smallest of all, that less than that share vote so."""
        return np.minimum(self.pooled.below(share), self.alone.below(share))

    def among_members(self, share: float) -> Floats:
        """Return the smaller probability that of the members themselves at least that share vote so."""
        return np.minimum(self.pooled.among_members(share), self.alone.among_members(share))

    def interval(self, level: float) -> tuple[Floats, Floats]:
        """Return bounds that hold the shares with at least that probability, with pooling and without."""
        pooled, alone = self.pooled.interval(level), self.alone.interval(level)
        return np.minimum(pooled[0], alone[0]), np.maximum(pooled[1], alone[1])


def claims(count: Floats, seen: Floats, size: Floats) -> Claims:
    """Return what may be claimed of the share who vote so, from votes `count` of `seen` (G × S), members `size` (G)."""
    nothing = Expected(np.full_like(seen, 0.5), np.full(len(seen), UNIFORM))
    return Claims(shares(count, seen, size, expected(count, seen)), shares(count, seen, size, nothing))


def beta_binomial_tail(a: Floats, b: Floats, n: Floats, least: Floats) -> Floats:
    """Return the probability of at least `least` successes of `n` (whole numbers), their chance being Beta(a, b)."""
    found = np.where(least <= 0, 1.0, 0.0)
    open_ = (least > 0) & (least <= n)
    few = open_ & (n <= EXACT_UP_TO)
    many = open_ & ~few
    found[few] = _summed(a[few], b[few], n[few], least[few])
    matched = matched_beta(a[many], b[many], n[many])
    found[many] = 1 - betainc(*matched, least[many] / (n[many] + 1))
    return found


def _summed(a: Floats, b: Floats, n: Floats, least: Floats) -> Floats:
    """Sum the probabilities one by one, from none to all; each follows from the one before."""
    log_chance = betaln(a, b + n) - betaln(a, b)
    total = np.zeros_like(a)
    with np.errstate(divide="ignore"):
        for k in range(int(n.max(initial=0))):
            left = np.maximum(n - k, 0)
            log_chance = log_chance + np.log(left * (a + k) / ((k + 1) * (b + np.maximum(left - 1, 0))))
            total += np.where(k + 1 >= least, np.exp(log_chance), 0)
    return np.minimum(total, 1)


def matched_beta(a: Floats, b: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Return the Beta that has mean and variance of beta-binomial successes, stretched from -½ to n + ½."""
    mean, votes = a / (a + b), a + b
    variance = n * mean * (1 - mean) * (votes + n) / (votes + 1)
    middle = (n * mean + 0.5) / (n + 1)
    spread = np.maximum(variance / (n + 1) ** 2, np.finfo(float).tiny)
    strength = np.minimum(middle * (1 - middle) / spread - 1, SUREST)
    return middle * strength, (1 - middle) * strength
