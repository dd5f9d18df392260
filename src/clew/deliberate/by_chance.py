"""What chance makes of a conversation: votes dealt anew, and votes of people who stand in so many groups and no more.

Who voted on what stays as it was in both.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import expit

from clew.deliberate.factors import PASSING, SIDE, Factors, Floats
from clew.deliberate.fit import fit, nobody_known, place
from clew.deliberate.mixture import Mixture
from clew.deliberate.observations import observations_of
from clew.deliberate.positions import Positions, positions_of, principal_axes
from clew.deliberate.votes import Votes

SWEEPS = 12
"""Sweeps in which votes by chance are mapped."""

STRETCHES = 3
"""Rounds in which is found how widely people must stand to be placed as they are."""


def shuffle(votes: Votes, rng: np.random.Generator) -> Votes:
    """Return the votes dealt anew within each statement, among those who voted on it."""
    by_statement = np.argsort(votes.statement, kind="stable")
    dealt = np.lexsort((rng.random(len(votes.value)), votes.statement))
    value = np.empty_like(votes.value)
    value[by_statement] = votes.value[dealt]
    return replace(votes, value=value)


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """The people on whom numbers of groups are tried: their votes, the model of these, and where they stand by it."""

    votes: Votes
    factors: Factors
    positions: Positions
    axes: int

    @property
    def place(self) -> Floats:
        """Where they stand, on the axes on which groups are looked for (n × axes)."""
        return self.positions.place[:, : self.axes]

    def placed_by(self, votes: Votes, *, most: int) -> Floats:
        """Return where they stand by other votes alone (n × axes), all fitted anew with the same shrinkage."""
        model = fit(votes, self.factors.dimensions, self.factors.prior.floor, most=most)
        return positions_of(model).place[:, : self.axes]

    def shuffled(self, rng: np.random.Generator) -> Floats:
        """Return where they would be placed if they differed in nothing (n × axes)."""
        return self.placed_by(shuffle(self.votes, rng), most=SWEEPS)

    def standing_in(self, groups: Mixture, rng: np.random.Generator) -> Floats:
        """Return where people would be placed who stand in these groups, and within them by degrees (n × axes)."""
        votes = answered(self.votes, self.factors, self._drawn(groups, rng), rng)
        people = nobody_known(len(votes.voters), self.factors.dimensions, self.factors.prior)
        model = place(observations_of(votes), replace(self.factors, people=people), most=SWEEPS)
        return positions_of(model, principal_axes(self.factors)).place[:, : self.axes]

    def where_to_stand(self, groups: Mixture, rng: np.random.Generator) -> Mixture:
        """Return groups in which people must stand to be placed as widely as in those given.

        Few votes draw everybody inwards, and so does the model, whose loadings are shrunk. How far is seen by drawing.
        """
        strength, _ = principal_axes(self.factors)
        doubt = self.positions.covariance[:, : self.axes, : self.axes].mean(0)
        stand = undrawn(groups, doubt, strength[: self.axes])
        for _ in range(STRETCHES):
            there = self.standing_in(stand, rng)
            stand = stretched(stand, np.sqrt(self.place.var(0) / np.maximum(there.var(0), 1e-12)))
        return stand

    def _drawn(self, groups: Mixture, rng: np.random.Generator) -> Floats:
        """Positions in the model (n × d) of people who stand in the groups; by degrees on further axes."""
        strength, turn = principal_axes(self.factors)
        scale = np.sqrt(strength)
        of = rng.choice(len(groups.share), size=len(self.place), p=groups.share)
        where = rng.normal(size=(len(of), len(scale))) * scale
        within = rng.multivariate_normal(np.zeros(self.axes), groups.spread, size=len(of), method="eigh")
        where[:, : self.axes] = groups.centre[of] + within
        return np.asarray((where / np.where(scale > 0, scale, 1)) @ turn.T)


def stretched(groups: Mixture, by: Floats) -> Mixture:
    """Return the groups with each axis so many times as long (d)."""
    return replace(groups, centre=groups.centre * by, spread=groups.spread * by[:, None] * by)


def undrawn(groups: Mixture, doubt: Floats, prior: Floats) -> Mixture:
    """Return the groups in which people stand who are placed in these, by the normal rule.

    A place is drawn · (position + noise): towards what is held of strangers, and scattered. doubt (d × d): the
    covariance left about a place; prior (d): the variance along each axis of those of whom nothing is known.
    """
    drawn = np.eye(len(prior)) - doubt / prior
    noise = np.linalg.inv(np.linalg.inv(doubt) - np.diag(1 / prior))
    back = np.linalg.inv(drawn)
    sizes, turn = np.linalg.eigh(back @ groups.spread @ back.T - noise)
    spread = (turn * np.maximum(sizes, 0)) @ turn.T
    return replace(groups, centre=groups.centre @ back.T, spread=spread)


def answered(votes: Votes, factors: Factors, where: Floats, rng: np.random.Generator) -> Votes:
    """Return who voted on what as it was, with votes drawn from the model for people who stand there (P × d)."""
    prior, items = factors.prior, factors.items.mean
    yes = []
    for kind in (SIDE, PASSING):
        leaning = rng.normal(size=len(where)) * np.sqrt(prior.leaning[kind])
        odds = items[kind][:, 0][votes.statement] + leaning[votes.voter]
        odds += (where[votes.voter] * items[kind][:, 1:][votes.statement]).sum(1)
        yes.append(rng.random(len(odds)) < expit(odds))
    return replace(votes, value=np.where(yes[PASSING], 0, np.where(yes[SIDE], 1, -1)).astype(np.int8))
