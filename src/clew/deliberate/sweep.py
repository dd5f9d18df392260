"""One sweep through the votes: every participant given the statements, then every statement given the participants.

Both halves are the same regression, weighted so that a logistic likelihood becomes a normal one (the bound of Jaakkola
& Jordan 2000, whose best weight is tanh(ξ/2)/2ξ at ξ² = the mean square of the log-odds). Here ξ² takes the
participant's own uncertainty at its mean over all statements; any ξ gives a bound, and this spares a product a vote.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csc_array, csr_array

from clew.deliberate.factors import Factors, Floats, Items, People, Prior
from clew.deliberate.observations import Answers, Observations

LEAST_VARIANCE = 0.01
"""No variance is learned to be smaller: that would be certainty from few votes."""


@dataclass(frozen=True, slots=True, eq=False)
class Regressors:
    """One side of the regression: (1, position) of participants or (1, loading) of statements, with what stands beside.

    plain (N × 1 + d): means. pairs (N × (1 + d)²): mean products of each two. beside (N × 1 + d): mean products with
    the leaning or the intercept, which is known while the other side is asked.
    """

    plain: Floats
    pairs: Floats
    beside: Floats


def regressors(mean: Floats, covariance: Floats) -> Regressors:
    """Return the regressors made of (beside, vector): mean (N × 1 + d), covariance (N × 1 + d × 1 + d)."""
    count, width = mean.shape
    plain = mean.copy()
    plain[:, 0] = 1.0
    pairs = plain[:, :, None] * plain[:, None, :]
    pairs[:, 1:, 1:] += covariance[:, 1:, 1:]
    beside = mean[:, :1] * plain
    beside[:, 1:] += covariance[:, 0, 1:]
    return Regressors(plain, pairs.reshape(count, width * width), beside)


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """Precision (N × 1 + d × 1 + d) and linear term (N × 1 + d) that votes give for each participant or statement."""

    precision: Floats
    linear: Floats


def sums(weights: csr_array | csc_array, halves: csr_array | csc_array, other: Regressors) -> Sums:
    """Return what votes say of the rows, whose votes have these weights and halves, given the columns."""
    width = other.plain.shape[1]
    both = weights @ np.concatenate([other.pairs, other.beside], axis=1)
    precision = both[:, : width * width].reshape(-1, width, width)
    return Sums(precision, halves @ other.plain - both[:, width * width :])


def weight(answers: Answers, item: Floats, person: Floats, doubt: Floats) -> Floats:
    """Return the weight of each answer: tanh(ξ/2)/2ξ, at most a quarter."""
    log_odds = answers.by_participant(person[:, 0]) + item[:, 0][answers.statement]
    for axis in range(1, item.shape[1]):
        log_odds += answers.by_participant(person[:, axis]) * item[:, axis][answers.statement]
    xi = np.sqrt(log_odds**2 + answers.by_participant(doubt))
    return np.asarray(np.tanh(xi / 2) / (2 * xi))


def sweep(seen: Observations, factors: Factors, *, items_too: bool = True) -> Factors:
    """Return the model after one sweep; with items_too = False the statements stay as they are."""
    faces = [regressors(*pair) for pair in zip(factors.items.mean, factors.items.covariance, strict=True)]
    people = People(np.empty_like(factors.people.mean), np.empty_like(factors.people.covariance))
    told = [_nothing(factors) for _ in faces]
    for first, last, some in seen.chunks():
        found = _sweep_some(some, factors, faces, slice(first, last), told if items_too else None)
        people.mean[first:last], people.covariance[first:last] = found.mean, found.covariance
    moved = float(np.abs(people.mean - factors.people.mean).mean())
    after = replace(factors, people=people, sweeps=factors.sweeps + 1, moved=moved)
    return _learn(after, told) if items_too else after


def _nothing(factors: Factors) -> Sums:
    _, statements, width = factors.items.mean.shape
    return Sums(np.zeros((statements, width, width)), np.zeros((statements, width)))


def _sweep_some(
    some: Observations, factors: Factors, faces: list[Regressors], rows: slice, told: list[Sums] | None
) -> People:
    """The participants of one chunk anew; what their votes say of the statements is added to `told`."""
    parts, matrices = [], []
    for kind, answers in enumerate(some.kinds):
        own = [kind, *range(2, factors.people.mean.shape[1])]
        mean, covariance = factors.people.mean[rows][:, own], factors.people.covariance[rows][:, own][:, :, own]
        doubt = np.einsum("pij,ij->p", covariance, faces[kind].pairs.mean(0).reshape(len(own), -1)) + 1e-9
        weights = answers.matrix(weight(answers, factors.items.mean[kind], mean, doubt))
        halves = answers.matrix(answers.half)
        parts.append(sums(weights, halves, faces[kind]))
        matrices.append((weights, halves))
    people = solve_people(parts, factors.prior)
    for kind, (weights, halves) in enumerate(matrices if told else ()):
        own = [kind, *range(2, people.mean.shape[1])]
        new = sums(weights.T, halves.T, regressors(people.mean[:, own], people.covariance[:, own][:, :, own]))
        told[kind].precision[:] += new.precision  # type: ignore[index]  # not None here
        told[kind].linear[:] += new.linear  # type: ignore[index]  # as above
    return people


def solve_people(parts: list[Sums], prior: Prior) -> People:
    """Return the participants of whom both questions say `parts`.

    Each leaning stands in one question alone, so both are eliminated first, and what is left to invert is d × d.
    """
    count, width = parts[0].linear.shape
    own = [part.precision[:, 0, 0] + 1 / prior.leaning[kind] for kind, part in enumerate(parts)]
    slopes = [part.precision[:, 0, 1:] / alone[:, None] for part, alone in zip(parts, own, strict=True)]
    precision, linear = np.tile(np.eye(width - 1), (count, 1, 1)), np.zeros((count, width - 1))
    for part, slope in zip(parts, slopes, strict=True):
        precision += part.precision[:, 1:, 1:] - part.precision[:, 0, 1:, None] * slope[:, None, :]
        linear += part.linear[:, 1:] - part.linear[:, :1] * slope
    covariance = inverse(precision)
    mean = np.einsum("pij,pj->pi", covariance, linear)
    leaning = [part.linear[:, 0] / alone for part, alone in zip(parts, own, strict=True)]
    along = np.stack(slopes, axis=1)
    return _joined(People(mean, covariance), np.stack(leaning, axis=1), along, 1 / np.stack(own, axis=1))


def _joined(place: People, leaning: Floats, slope: Floats, alone: Floats) -> People:
    """Positions joined by the leanings (P × 2): each, and its variance `alone`, as if the position were nought.

    slope (P × 2 × d): how much lower a leaning is for each unit of the position.
    """
    count, kinds, width = slope.shape
    mean = np.empty((count, kinds + width))
    covariance = np.empty((count, kinds + width, kinds + width))
    mean[:, kinds:], covariance[:, kinds:, kinds:] = place.mean, place.covariance
    mean[:, :kinds] = leaning - np.einsum("pki,pi->pk", slope, place.mean)
    across = -np.einsum("pki,pij->pkj", slope, place.covariance)
    covariance[:, :kinds, kinds:], covariance[:, kinds:, :kinds] = across, across.transpose(0, 2, 1)
    covariance[:, :kinds, :kinds] = -np.einsum("pki,pli->pkl", across, slope)
    for kind in range(kinds):
        covariance[:, kind, kind] += alone[:, kind]
    return People(mean, covariance)


def inverse(matrices: Floats) -> Floats:
    """Return the inverse of each of many small positive definite matrices (N × d × d), all side by side.

    Source: Goodnight, The American Statistician 33 (1979), the sweep operator.
    """
    found = matrices.transpose(1, 2, 0).copy()
    for pivot in range(len(found)):
        scale = 1 / found[pivot, pivot]
        row, column = found[pivot] * scale, found[:, pivot].copy()
        found -= column[:, None] * row
        found[pivot], found[:, pivot] = row, -column * scale
        found[pivot, pivot] = scale
    return np.ascontiguousarray(found.transpose(2, 0, 1))


def _learn(factors: Factors, told: list[Sums]) -> Factors:
    """The statements anew, and the prior as the spread of what was found (empirical Bayes)."""
    prior = factors.prior
    found = []
    for kind, part in enumerate(told):
        precision = np.diag(1 / np.concatenate([prior.intercept[kind : kind + 1], prior.loading[kind]]))
        linear = part.linear.copy()
        linear[:, 0] += prior.intercept_mean[kind] / prior.intercept[kind]
        covariance = np.linalg.inv(part.precision + precision)
        found.append((np.einsum("nij,nj->ni", covariance, linear), covariance))
    items = Items(np.stack([mean for mean, _ in found]), np.stack([covariance for _, covariance in found]))
    return replace(factors, items=items, prior=learn_prior(items, factors.people, prior))


def learn_prior(items: Items, people: People, prior: Prior) -> Prior:
    """Return the prior whose variances are those of what was found; loadings are never shrunk below `prior.floor`."""
    middle = items.mean[:, :, 0].mean(1)
    intercept = ((items.mean[:, :, 0] - middle[:, None]) ** 2 + items.covariance[:, :, 0, 0]).mean(1)
    leaning = (people.mean[:, :2] ** 2 + np.diagonal(people.covariance, axis1=1, axis2=2)[:, :2]).mean(0)
    loading = (items.mean[:, :, 1:] ** 2 + np.diagonal(items.covariance, axis1=2, axis2=3)[:, :, 1:]).mean(1)
    return replace(
        prior,
        intercept_mean=middle,
        intercept=np.maximum(intercept, LEAST_VARIANCE),
        leaning=np.maximum(leaning, LEAST_VARIANCE),
        loading=np.maximum(loading, prior.floor),
    )
