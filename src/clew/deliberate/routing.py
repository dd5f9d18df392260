"""Routing: which statement to put to a participant next, drawn by chances that are known, kept and never zero.

A statement is worth asking for three reasons: the answer tells where this person stands; few people who vote like this
person have answered it; or people who vote like this person could settle whether all groups see it alike. How many
agree is no reason: seeing it alike may be agreeing or disagreeing, so that criticism is not shown ever less.

Sources: adaptive queries find what a whole electorate shares where fixed ones cannot: Halpern, Kehne, Procaccia,
Tucker-Foltz & Wüthrich (2023), AAAI 37. Information about a position: van der Linden & Glas (2010), "Elements of
Adaptive Testing". Chances that are known, and weights by their inverse: Horvitz & Thompson (1952), JASA 47.
"""

from dataclasses import dataclass
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from clew.deliberate.draw_by_chance import draw, inclusion
from clew.deliberate.routing_needs import Floats, Needs
from clew.deliberate.routing_policy import RoutingPolicy

Flags = NDArray[np.bool_]

THIN = "Few people who vote like you have answered this yet."
SHARED = "Answers of people who vote like you could settle whether all groups see this alike."
POSITION = "Your answer would tell most about where you stand."
BY_LOT = "Drawn by lot, so that every statement keeps being heard."
REASONS = (POSITION, SHARED, THIN)
"""What is told for the parts of a priority, in the order in which `parts` gives them."""
FAINT = 0.02
"""The need to settle what groups share is told apart relative to the greatest there is, but to no less than this: a
chance of one in five that takes ten votes. Where all groups plainly differ, the other reasons decide."""


@dataclass(frozen=True, slots=True, eq=False)
class Participant:
    """What is known of a person when something is to be asked; nothing personal but how he or she voted.

    votes: how many were cast so far. membership (G): the chance of each group. information (S): expected gain about
    the position (nats), see `position_information`. chance (S × 3): predicted chances of agree, pass and disagree.
    open (S): not voted on and not left out.
    """

    voter: str
    votes: int
    membership: Floats
    information: Floats
    chance: Floats
    open: Flags


@dataclass(frozen=True, slots=True)
class Asking:
    """A statement to ask (its place), the chance with which it was drawn, and why, in words for the participant."""

    statement: int
    propensity: float
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class Route:
    """What to ask one participant: `drawn`, in this order.

    propensity (S): the chance of each statement to be drawn first; sums to 1 over open ones, 0 elsewhere. priority (S):
    what it was made from. alarm: a sentence where something is plainly wrong with the priorities.
    """

    voter: str
    drawn: tuple[Asking, ...]
    propensity: Floats
    priority: Floats
    alarm: str | None = None


def route(
    person: Participant, needs: Needs, policy: RoutingPolicy, *, reserved: Flags, seed: int, count: int = 1
) -> Route:
    """Return what to ask a participant next, and why.

    reserved (S): statements that seed the talk or are about it. seed, the voter and the votes so far decide the draw,
    and nothing else does. count: how many to draw at once, without repetition.
    """
    open_ = np.flatnonzero(person.open)
    gains = parts(person, needs, policy, open_)
    priority, propensity = np.zeros(len(person.open)), np.zeros(len(person.open))
    priority[open_] = gains.sum(0)
    lacking = person.membership @ needs.thin[:, open_]
    propensity[open_] = propensities(priority[open_], reserved[open_], policy, lacking)
    chances = inclusion(propensity[open_], count)
    rng = np.random.default_rng([seed, digest(person.voter), person.votes])
    least = chances.min(initial=1.0) * (1 + 1e-9)
    drawn = (
        Asking(int(open_[one]), float(chances[one]), _reason(gains[:, one], lottery=chances[one] <= least < 1))
        for one in draw(chances, rng)
    )
    evidence = np.vstack([person.information, needs.seen])[:, open_]
    return Route(person.voter, tuple(drawn), propensity, priority, alarm(priority[open_], evidence))


def parts(person: Participant, needs: Needs, policy: RoutingPolicy, open_: NDArray[np.integer]) -> Floats:
    """Return what makes up the priority of the open statements (3 × open): position, shared views, thin cells.

    A statement that this person will likely pass on settles little between groups.
    """
    thin = person.membership @ needs.thin[:, open_]
    shared = (person.membership @ needs.shared[:, open_]) * (1 - person.chance[open_, 1])
    most = max(float(shared.max(initial=0.0)), FAINT)
    weights = np.array([policy.information, policy.common_ground, policy.least])
    return np.asarray(weights[:, None] * np.vstack([person.information[open_], shared / most, thin]))


def propensities(priority: Floats, reserved: Flags, policy: RoutingPolicy, lacking: Floats) -> Floats:
    """Return the chance of each open statement to be drawn; they sum to 1, each at least `policy.least_chance`.

    lacking (open): the share of the least votes that people who vote like this person still owe each statement.
    """
    if not len(priority):
        return priority
    weight = (priority / max(float(priority.max()), np.finfo(float).tiny)) ** policy.sharpness
    total = float(weight.sum())
    chosen = weight / total if total > 0 else np.full(len(priority), 1 / len(priority))
    floor = policy.floor * float(lacking.max())
    heard = lacking / max(float(lacking.sum()), np.finfo(float).tiny)
    mixed = (1 - policy.exploration - floor) * chosen + floor * heard + policy.exploration / len(priority)
    taken = float(mixed[reserved].sum())
    if taken > policy.reserved_share and not reserved.all():
        mixed = mixed * np.where(reserved, policy.reserved_share / taken, (1 - policy.reserved_share) / (1 - taken))
    return np.asarray(mixed / mixed.sum())


def alarm(priority: Floats, evidence: Floats) -> str | None:
    """Return a sentence where all priorities are equal although what is known of the statements differs.

    priority (n); evidence (any × n): whatever priorities ought to be made from. Polis drew statements at random for 16
    months, for every priority was the same number, and nobody noticed.
    """
    if not np.isfinite(priority).all():
        return "Some priorities are not numbers, so statements cannot be drawn by need: look into the map's figures."
    differs = bool((np.ptp(evidence, axis=1) > 0).any()) if len(priority) > 1 else False
    if differs and np.ptp(priority) <= 1e-12 * abs(float(priority.max())):
        return (
            f"All {len(priority)} open statements have the same priority although what is known of them differs: they "
            "would be drawn at random. Look into the weights of the routing."
        )
    return None


def digest(voter: str) -> int:
    """Return a number that stands for a voter in seeds, the same on every machine."""
    return int.from_bytes(sha256(voter.encode()).digest()[:8], "big")


def position_information(slopes: Floats, weights: Floats, covariance: Floats) -> Floats:
    """Return how much an answer is expected to tell about a position (S): half the gain in log-determinant, nats.

    slopes (2 × S × d): the loadings of both questions, agree or disagree, and pass or not; weights (2 × S): the
    variance of the answer to each, times the chance of being asked it; covariance (d × d): of the position so far.
    """
    a, b = np.einsum("ksi,ij,ksj->ks", slopes, covariance, slopes) * weights
    both = np.einsum("si,ij,sj->s", slopes[0], covariance, slopes[1])
    return np.asarray(0.5 * np.log((1 + a) * (1 + b) - weights.prod(0) * both**2))


def _reason(gains: Floats, *, lottery: bool) -> str:
    if lottery or gains.max() <= 0:
        return BY_LOT
    return REASONS[int(gains.argmax())]
