"""Local polynomials at a cut-off, from sums at each distinct value of the running variable.

Whatever a local polynomial says at the cut-off is one sum, Σ influence(x) · y, whose influence depends on the running
variable alone. So estimates, nearest-neighbour and cluster-robust variances are exact from the rows' count, sums and
products at each distinct value, and no row is needed.

Source: Fan & Gijbels (1996), "Local Polynomial Modelling and Its Applications", ch. 3; Calonico, Cattaneo & Titiunik
(2014), Robust nonparametric confidence intervals for regression-discontinuity designs, Econometrica 82(6).
"""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from clew.errors import InputError
from clew.evaluate.rows import Floats, Integers

Kernel = Literal["triangular", "uniform"]

MATCHES = 3
"""Neighbours that a row is held against, at the least."""

SAME_DISTANCE = 1e-9
"""Two neighbours are equally near where their distances differ by less than this share: decimals are not exact."""


SINGULAR = 1e14
"""A fit whose scaled normal equations have a larger condition number rests on too few distinct values."""


@dataclass(frozen=True, slots=True)
class Running:
    """Rows summed at each value of the running variable, R of them, ascending.

    `x`: (R,) the running variable minus the cut-off, in its units; each value once, or once a cluster. `n`: (R,) rows.
    `total`: (R, V) sums of the variables (outcome first), `square`: (R, V, V) sums of their products, both about one
    origin. `cluster`: (R,) codes, None where rows stand alone. `covariates`: how many of the variables, the last ones,
    are adjusted for.
    """

    x: Floats
    n: Floats
    total: Floats
    square: Floats
    cluster: Integers | None = None
    covariates: int = 0

    def where(self, kept: NDArray[np.bool_] | slice) -> "Running":
        """The values that `kept` marks."""
        cluster = None if self.cluster is None else self.cluster[kept]
        return Running(self.x[kept], self.n[kept], self.total[kept], self.square[kept], cluster, self.covariates)

    @property
    def distinct(self) -> int:
        """How many values there are, whatever their clusters."""
        return int(np.count_nonzero(np.diff(self.x, prepend=-np.inf)))

    def above(self) -> "Running":
        """The values at the cut-off and above it."""
        return self.where(slice(int(np.searchsorted(self.x, 0.0)), None))

    def below(self) -> "Running":
        """The values below the cut-off."""
        return self.where(slice(0, int(np.searchsorted(self.x, 0.0))))

    def within(self, h: float, kernel: Kernel) -> "Running":
        """The values that a kernel of bandwidth `h` gives any weight."""
        first, last = ("right", "left") if kernel == "triangular" else ("left", "right")
        start = np.searchsorted(self.x, -h, side=first)  # type: ignore[call-overload]
        end = np.searchsorted(self.x, h, side=last)  # type: ignore[call-overload]
        return self.where(slice(int(start), int(end)))

    def variables(self, *places: int) -> "Running":
        """The same rows with fewer variables, or in another order; those adjusted for stay."""
        many = self.total.shape[1]
        return self._with((*places, *range(many - self.covariates, many)))

    def unadjusted(self) -> "Running":
        """The same rows without the variables that are adjusted for."""
        main = tuple(range(self.total.shape[1] - self.covariates))
        return replace(self._with(main), covariates=0) if self.covariates else self

    def _with(self, places: tuple[int, ...]) -> "Running":
        return replace(self, total=self.total[:, places], square=self.square[:, places][:, :, places])


@dataclass(frozen=True, slots=True)
class LocalFit:
    """A polynomial in u = x / h, fitted by kernel-weighted least squares to one side of the cut-off.

    `rows`: what it was fitted to. `kernel`: (R,) weights. `inverse`: (p+1, p+1), of Σ kernel · n · r(u)r(u)' with
    r(u) = (1, u, …, u^p). `coefficients`: (p+1, V).
    """

    rows: Running
    h: float
    kernel: Floats
    inverse: Floats
    coefficients: Floats

    @property
    def order(self) -> int:
        """The degree of the polynomial."""
        return len(self.inverse) - 1

    def influence(self, power: int) -> Floats:
        """What one more unit of y at each value adds to the coefficient of x**power: (R,)."""
        return np.asarray(self.kernel * polynomial(self.inverse[power], self.rows.x / self.h) / self.h**power)

    def fitted(self) -> Floats:
        """The polynomial at each value: (R, V)."""
        u = self.rows.x / self.h
        return np.column_stack([polynomial(column, u) for column in self.coefficients.T])


def polynomial(coefficients: Floats, u: Floats) -> Floats:
    """Σ coefficients[j] · u**j at each u (Horner): (R,)."""
    value = np.full(len(u), coefficients[-1])
    for coefficient in coefficients[-2::-1]:
        value = value * u + coefficient
    return value


def kernel_weights(u: Floats, kernel: Kernel) -> Floats:
    """1 − |u| or 1 within the bandwidth, 0 beyond it: (R,)."""
    distance = np.abs(u)
    return np.where(distance <= 1, 1 - distance if kernel == "triangular" else 1.0, 0.0)


def local_fit(side: Running, order: int, h: float, kernel: Kernel) -> LocalFit:
    """Fit a polynomial of degree `order` to the rows of one side within `h` of the cut-off.

    Raises: InputError where too few distinct values lie within.
    """
    u = side.x / h
    weights = kernel_weights(u, kernel)
    powers, sums, power = np.empty(2 * order + 1), np.empty((order + 1, side.total.shape[1])), weights
    for degree in range(2 * order + 1):
        powers[degree] = power @ side.n
        if degree <= order:
            sums[degree] = power @ side.total
        power = power * u
    places = np.arange(order + 1)
    inverse = _inverse(powers[places[:, None] + places])
    return LocalFit(side, h, weights, inverse, inverse @ sums)


def too_few() -> InputError:
    """The complaint that one side of the cut-off cannot carry a curve and its uncertainty."""
    return InputError(
        "too few distinct values of the running variable lie near the cut-off on one side.",
        where="[design] running, bandwidth",
        do="Name a wider bandwidth, or bring the running variable in finer steps.",
    )


def _inverse(gram: Floats) -> Floats:
    """Inverse of a positive definite matrix, after scaling it to a unit diagonal."""
    scale = 1 / np.sqrt(np.maximum(np.diagonal(gram), np.finfo(float).tiny))
    scaled = gram * scale * scale[:, None]
    try:
        inverse = np.linalg.inv(scaled)
    except np.linalg.LinAlgError as error:
        raise too_few() from error
    if np.abs(scaled).sum(axis=0).max() * np.abs(inverse).sum(axis=0).max() > SINGULAR:
        raise too_few()
    return np.asarray(inverse * scale * scale[:, None])


def neighbour_squares(side: Running) -> Floats:
    """At each value, the sum over its rows of squared nearest-neighbour residuals (and their products): (R, V, V).

    A row is held against the mean of its J nearest other rows on the same side, J at least 3 and more where values tie:
    σ̂² = J/(J+1) · (y − mean)². All rows of a value are each other's nearest, and share their neighbours: with M = J+1
    rows in all, whose mean is m, that is M/(M−1) · (y − m)², whose sum needs the value's sums alone.

    Raises: InputError for a single row.
    Source: Abadie & Imbens (2006), Econometrica 74; Calonico, Cattaneo & Titiunik (2014), §2.4.
    """
    if side.n.sum() < 2:
        raise too_few()
    low, high = _neighbourhoods(side.x, side.n)
    rows = np.concatenate([[0.0], np.cumsum(side.n)])
    members = rows[high + 1] - rows[low]
    mean = _window_sums(side.total, low, high) / members[:, None]
    own = side.total[:, :, None] * mean[:, None, :]
    about = side.square - own - own.transpose(0, 2, 1) + side.n[:, None, None] * mean[:, :, None] * mean[:, None, :]
    return np.asarray(about * (members / (members - 1))[:, None, None])


def _window_sums(values: Floats, low: Integers, high: Integers) -> Floats:
    """Sum `values` from place `low` to `high`, at most MATCHES places on either side: (R, V)."""
    total = values.copy()
    for step in range(1, MATCHES + 1):
        below, above = (
            np.flatnonzero(np.arange(len(low)) - low >= step),
            np.flatnonzero(high - np.arange(len(high)) >= step),
        )
        total[below] += values[below - step]
        total[above] += values[above + step]
    return total


def _neighbourhoods(x: Floats, n: Floats) -> tuple[Integers, Integers]:
    """The first and last place of each value's neighbours: (R,), (R,)."""
    places = np.arange(len(x))
    low, high, others = places.copy(), places.copy(), n - 1
    wanted = min(MATCHES, n.sum() - 1)
    gap_at = np.concatenate([[-np.inf], x, [np.inf]])
    n_at = np.concatenate([[0.0], n, [0.0]])
    for _ in range(MATCHES):
        open_ = np.flatnonzero(others < wanted)
        left, right = low[open_] - 1, high[open_] + 1
        below, above = x[open_] - gap_at[left + 1], gap_at[right + 1] - x[open_]
        nearer = np.minimum(below, above) * (1 + SAME_DISTANCE)
        take_left, take_right = below <= nearer, above <= nearer
        low[open_] -= take_left
        high[open_] += take_right
        others[open_] += take_left * n_at[left + 1] + take_right * n_at[right + 1]
    return low, high


def spread_of(rows: Running) -> Floats | None:
    """What `variance` needs of the rows of a window: their squares about neighbours, None where clusters count."""
    return neighbour_squares(rows) if rows.cluster is None else None


def variance(fit: LocalFit, influences: Floats, spread: Floats | None) -> Floats:
    """Covariance of Σ influence · v over the variables v, cluster-robust where rows have clusters: (V, V).

    `spread`: from `spread_of` the fit's rows. With clusters: the clusters' sums of influence · residual of `fit`, times
    G/(G−1) · (N−1)/(N−p−1) on this side.
    """
    if spread is not None:
        return np.asarray(np.tensordot(influences**2, spread, axes=1))
    scores = _cluster_scores(fit, influences)
    groups, rows = len(scores), float(fit.rows.n.sum())
    if groups < 2 or rows <= fit.order + 1:
        raise too_few()
    return np.asarray(groups / (groups - 1) * (rows - 1) / (rows - fit.order - 1) * scores.T @ scores)


def _cluster_scores(fit: LocalFit, influences: Floats) -> Floats:
    """Each cluster's sum of influence · residual: (G, V)."""
    residual = fit.rows.total - fit.rows.n[:, None] * fit.fitted()
    names, place = np.unique(np.asarray(fit.rows.cluster), return_inverse=True)
    scores = influences[:, None] * residual
    return np.column_stack([np.bincount(place.ravel(), column, minlength=len(names)) for column in scores.T])
