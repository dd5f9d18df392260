"""How well held-out votes are foretold: clew's positions beside the two-dimensional PCA of Polis and others.

PCA gives a number a vote, no chance. It is turned into chances in the way that is best for it: by a regression on votes
that neither PCA nor the test has seen. Clew chooses dimensions and shrinkage within the votes it is fitted to.

`section()` is a part of docs/reference/opinion-map.md.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import log_softmax

from clew.deliberate.fit import fit_all
from clew.deliberate.held_out import choose
from clew.deliberate.votes import Votes
from evidence.opinion.conversations import NAMES, published

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

TENTHS = 10
SMALL = 6_000
"""Up to so many votes every tenth is held out in turn; of larger conversations the first three."""

AXES = 2


@dataclass(frozen=True, slots=True)
class Foretold:
    """Mean log-loss (nats) of held-out votes: of all three answers, and of the side taken by those who took one."""

    all_three: float
    side: float


def folds(votes: Votes) -> Iterator[Flags]:
    """Yield which votes are held out, time by time."""
    tenth = np.random.default_rng(20261122).integers(TENTHS, size=len(votes.value))
    yield from (tenth == part for part in range(TENTHS if len(tenth) <= SMALL else 3))


def compare(votes: Votes) -> tuple[Foretold, Foretold, list[int]]:
    """Return how PCA and clew foretell the same held-out votes, and the dimensions that clew chose."""
    losses: tuple[list[Floats], list[Floats]] = ([], [])
    dimensions, answers = [], []
    for held in folds(votes):
        rest = votes.where(~held)
        answers.append(1 - votes.value[held].astype(np.int64))
        losses[0].append(by_pca(votes, held))
        choice = choose(rest, 0)
        dimensions.append(choice.best.dimensions)
        model = fit_all(rest, choice.best.dimensions, choice.best.floor, 0)
        losses[1].append(np.log(model.chances(votes.voter[held], votes.statement[held])))
    answer = np.concatenate(answers)
    pca, clew = (scored(np.concatenate(one), answer) for one in losses)
    return pca, clew, dimensions


def scored(logs: Floats, answer: NDArray[np.int64]) -> Foretold:
    """Return the log-losses of log-chances (n × 3) at the answers (0 agree, 1 pass, 2 disagree)."""
    sided = answer != 1
    sides = log_softmax(logs[sided][:, [0, 2]], axis=1)
    own = sides[np.arange(len(sides)), answer[sided] // 2]
    return Foretold(float(-logs[np.arange(len(logs)), answer].mean()), float(-own.mean()))


def by_pca(votes: Votes, held: Flags) -> Floats:
    """Return the log-chances (n × 3) of held-out votes by PCA, made chances of by a tenth of the others."""
    calibrating = ~held & (np.random.default_rng(7).random(len(held)) < 1 / TENTHS)
    features = pca_features(votes, ~held & ~calibrating)
    weights = _regression(features[calibrating], 1 - votes.value[calibrating].astype(np.int64))
    whole = pca_features(votes, ~held)
    return np.asarray(log_softmax(whole[held] @ weights, axis=1))


def pca_features(votes: Votes, seen: Flags) -> Floats:
    """Return, of every vote (n × 3): one, what two axes reconstruct from the votes seen, and how often it is passed.

    Votes not seen are filled with the mean of their statement, as Polis does.
    """
    values = np.full((len(votes.voters), len(votes.statements)), np.nan)
    values[votes.voter[seen], votes.statement[seen]] = votes.value[seen]
    count = np.maximum((~np.isnan(values)).sum(0), 1)
    mean = np.nansum(values, axis=0) / count
    left, size, right = np.linalg.svd(np.where(np.isnan(values), 0.0, values - mean), full_matrices=False)
    rebuilt = mean + (left[:, :AXES] * size[:AXES]) @ right[:AXES]
    passed = ((values == 0).sum(0) + 1) / (count + 3)
    where = votes.statement
    return np.column_stack(
        [np.ones(len(where)), rebuilt[votes.voter, where], np.log(passed[where] / (1 - passed[where]))]
    )


def _regression(features: Floats, answer: NDArray[np.int64]) -> Floats:
    """The multinomial logistic regression (3 × 3), with a ridge that small samples need."""

    def loss(flat: Floats) -> float:
        weights = flat.reshape(3, 3)
        logs = log_softmax(features @ weights, axis=1)
        return float(-logs[np.arange(len(logs)), answer].sum() + 0.5 * (flat**2).sum() / 4)

    return np.asarray(minimize(loss, np.zeros(9), method="BFGS").x.reshape(3, 3))


HEAD = """\
## Held-out votes

Every tenth vote is left out and foretold from the others; a smaller log-loss is better. PCA with two axes is what Polis
and its followers draw; it is turned into chances by a regression on votes that it has not seen. Clew chooses dimensions
and shrinkage within the votes it may see.

| conversation | PCA, three answers | clew | PCA, side taken | clew | dimensions chosen |
|---|---|---|---|---|---|"""


def row(name: str) -> str:
    """Return one conversation's row."""
    pca, clew, dimensions = compare(published(name).conversation.kept().votes)
    chosen = f"{min(dimensions)}–{max(dimensions)}" if len(set(dimensions)) > 1 else f"{dimensions[0]}"
    return f"| {name} | {pca.all_three:.3f} | {clew.all_three:.3f} | {pca.side:.3f} | {clew.side:.3f} | {chosen} |"


def section() -> str:
    """Return the part of the page."""
    return "\n".join([HEAD, *(row(name) for name in NAMES)]) + "\n"
