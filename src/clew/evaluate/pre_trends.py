"""What happened before the start: whether treated and comparison units already moved apart, and what if that went on.

Source: the joint test as in Callaway & Sant'Anna (2021), section 4, held against Hotelling's distribution as clusters
may be few; going on in a straight line: Dobkin et al. (2018), The economic consequences of hospital admissions, AER
108(2), section III; that a passed test proves little: Roth (2022), Pretest with caution, AER: Insights 4(3).
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from scipy.special import fdtrc

from clew.evaluate.aggregation import Averages
from clew.evaluate.rows import Floats

FEWEST: Final = 5
"""Differences before the start that rest on fewer treated clusters say more of these clusters than of trends."""


@dataclass(frozen=True, slots=True)
class Before:
    """Differences before the start, from the last period before it, and the effect beside them.

    `times`: (P,) since the last period before the start, all below 0. `estimate`: (P,). `covariance`: (P+1, P+1), the
    effect last. `effect`: in the outcome's units; `distance`: how far after the last period before the start it lies.
    """

    times: Floats
    estimate: Floats
    covariance: Floats
    effect: float
    distance: float


def resting_on_enough(study: Averages) -> Averages:
    """Return an event study without the times before the start that rest on too few treated clusters."""
    least = min(FEWEST, int(study.clusters.max()))
    kept = np.flatnonzero((study.at >= 0) | (study.clusters >= least))
    both = np.append(kept, len(study.at))
    return replace(
        study,
        at=study.at[kept],
        estimate=study.estimate[kept],
        covariance=study.covariance[np.ix_(both, both)],
        weight=study.weight[kept],
        clusters=study.clusters[kept],
    )


def before(study: Averages, reference: float) -> Before:
    """Return the part of an event study (universal base) that lies before the start.

    `reference`: the time since the start of the period that the others are compared with, such as -1.
    """
    places = np.flatnonzero(study.at < 0)
    kept = np.array([*places, len(study.at)])
    covariance = study.covariance[np.ix_(kept, kept)]
    distance = float(study.weight @ study.at) - reference
    return Before(study.at[places] - reference, study.estimate[places], covariance, study.mean, distance)


def before_of_means(study: Averages, reference: float) -> Before:
    """Return the same where the effect is the mean over all times after the start less that over all before it."""
    earlier, later = study.at < 0, study.at >= 0
    weight = later / later.sum() - earlier / (earlier.sum() + 1)
    places = np.flatnonzero(earlier)
    along = np.vstack([np.eye(len(study.at))[places], weight])
    covariance = along @ study.covariance[:-1, :-1] @ along.T
    times = study.at - reference
    return Before(
        times[places], study.estimate[places], covariance, float(weight @ study.estimate), float(weight @ times)
    )


@dataclass(frozen=True, slots=True)
class JointTest:
    """Whether all differences are zero: the statistic is F on `numerator` and `df` degrees of freedom."""

    statistic: float
    numerator: int
    df: float
    p_value: float


def joint_test(earlier: Before, df: float) -> JointTest | None:
    """Return Hotelling's test of the differences before the start; None where they outnumber what `df` can carry.

    `df`: degrees of freedom of the covariance.
    """
    covariance = earlier.covariance[:-1, :-1]
    scale = np.sqrt(np.maximum(np.diagonal(covariance), 0.0))
    there = scale > 0
    if not there.any():
        return None
    correlation = covariance[np.ix_(there, there)] / np.outer(scale[there], scale[there])
    values, vectors = np.linalg.eigh(correlation)
    used = values > 1e-10
    rank = int(used.sum())
    if df - rank + 1 < 1:
        return None
    along = vectors[:, used].T @ (earlier.estimate[there] / scale[there])
    wald = float(np.sum(along**2 / values[used]))
    rest = df - rank + 1
    statistic = wald * rest / (df * rank)
    return JointTest(statistic, rank, rest, float(fdtrc(rank, rest, statistic)))


def straight_on(earlier: Before) -> tuple[float, float]:
    """Return the effect, with its standard error, if the straight line through the differences before had gone on.

    The line passes through zero at the last period before the start and is fitted by least squares.
    """
    line = earlier.times / np.sum(earlier.times**2)
    weights = np.append(-earlier.distance * line, 1.0)
    estimate = earlier.effect - earlier.distance * float(line @ earlier.estimate)
    return estimate, float(np.sqrt(weights @ earlier.covariance @ weights))
