"""clew's routing as the simulation runs it: the factor model and the groups found anew while votes come in."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from clew.deliberate.factors import PASSING, SIDE
from clew.deliberate.fit import fit
from clew.deliberate.held_out import USUAL_FLOOR
from clew.deliberate.mixture import Mixture, find_mixture
from clew.deliberate.positions import positions_of
from clew.deliberate.routing import Participant, position_information, route
from clew.deliberate.routing_needs import needs
from clew.deliberate.routing_policy import RoutingPolicy
from clew.deliberate.tally import Tally, tally
from clew.deliberate.votes import Votes

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

GROUPS = 3
"""So many groups are looked for; how many there are is not what is tried here, which they are is."""
FEWEST_PLACED = 12
BETWEEN_COUNTS = 5
"""What is needed is computed anew for every fifth participant, and whenever the map is."""
SWEEPS = 8


class Clew:
    """Routes by position, groups and counts as the votes so far give them, never by the truth."""

    def __init__(self, statements: int, seed: int, policy: RoutingPolicy | None = None) -> None:
        self.policy, self.seed, self.statements = policy or RoutingPolicy(), seed, statements
        self.reserved = np.zeros(statements, np.bool_)
        self.slopes = np.zeros((2, statements, 2))
        self.intercepts = np.zeros((2, statements))
        self.leaning = 1.0
        self.groups = Mixture(np.zeros((1, 2)), np.ones(1), np.eye(2))
        agree, passed, disagree = np.zeros((3, 1, statements))
        self.counts = Tally(agree, passed, disagree, np.ones(1, np.int64))
        self.needs = needs(self.counts, self.policy.ground)
        self.greet(0)

    def recompute(self, votes: Votes) -> None:
        """Fit the model to all votes, find the groups and count them."""
        model = fit(votes, 2, USUAL_FLOOR, most=SWEEPS)
        positions = positions_of(model)
        self.slopes, self.intercepts = model.items.mean[:, :, 1:], model.items.mean[:, :, 0]
        self.leaning = float(model.prior.leaning[SIDE])
        if positions.placed.sum() < FEWEST_PLACED:
            return
        place = model.people.positions
        self.groups = find_mixture(place[positions.placed], GROUPS, np.random.default_rng(self.seed))
        member = np.where(positions.placed, self.groups.membership(place).argmax(1), -1)
        self.counts = tally(votes, member, GROUPS)
        self.needs = needs(self.counts, self.policy.ground)

    def greet(self, voter: int) -> None:
        """Know nothing of the participant yet, and see what is needed by now."""
        self.voter, self.votes = str(voter), 0
        self.mean, self.precision = np.zeros(3), np.diag([1 / self.leaning, 1.0, 1.0])
        self.covariance = np.diag([self.leaning, 1.0, 1.0])
        self.member = self.membership()
        if voter % BETWEEN_COUNTS == 0:
            self.needs = needs(self.counts, self.policy.ground)

    def choose(self, open_: Flags) -> int:
        """Return what `route` draws first."""
        covariance = self.covariance[1:, 1:]
        agree = expit(self.intercepts[SIDE] + self.mean[0] + self.slopes[SIDE] @ self.mean[1:])
        passed = expit(self.intercepts[PASSING] + self.slopes[PASSING] @ self.mean[1:])
        weights = np.stack([(1 - passed) * agree * (1 - agree), passed * (1 - passed)])
        person = Participant(
            self.voter,
            self.votes,
            self.member,
            position_information(self.slopes, weights, covariance),
            np.stack([(1 - passed) * agree, passed, (1 - passed) * (1 - agree)], axis=1),
            open_,
        )
        found = route(person, self.needs, self.policy, reserved=self.reserved, seed=self.seed)
        return found.drawn[0].statement

    def membership(self) -> Floats:
        """Return the chance of each group for a place that is known no better than it is."""
        spread = self.groups.spread + self.covariance[1:, 1:]
        doubtful = Mixture(self.groups.centre, self.groups.share, spread)
        return np.asarray(doubtful.membership(self.mean[None, 1:])[0])

    def hear(self, statement: int, vote: int) -> None:
        """Count it, and move the position by one step of Newton's (an online Laplace approximation)."""
        self.votes += 1
        for one, counted in zip((1, 0, -1), (self.counts.agree, self.counts.passed, self.counts.disagree), strict=True):
            counted[:, statement] += self.member * (vote == one)
        for kind, answer in ((SIDE, vote == 1),) if vote else ():
            slope = np.concatenate([[1.0], self.slopes[kind, statement]])
            chance = expit(self.intercepts[kind, statement] + slope @ self.mean)
            self.precision = self.precision + chance * (1 - chance) * np.outer(slope, slope)
            self.covariance = np.linalg.inv(self.precision)
            self.mean = self.mean + self.covariance @ slope * (float(answer) - chance)
            self.member = self.membership()
