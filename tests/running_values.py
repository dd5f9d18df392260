"""Rows with a running variable, summed by its values as the estimators at a cut-off want them; for tests."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from clew.evaluate.local_polynomial import Running

Values = NDArray[Any]


def running_of(x: Values, *variables: Values, cutoff: float = 0.0, cluster: Values | None = None) -> Running:
    """Sum rows by the value of x − cutoff, and by cluster where one is given; variables about their means."""
    keys = np.column_stack([np.asarray(x, float) - cutoff, np.zeros(len(x)) if cluster is None else cluster])
    values, place = np.unique(keys, axis=0, return_inverse=True)
    place = place.ravel()
    rows = np.column_stack([np.asarray(v, float) - np.mean(np.asarray(v, float)) for v in variables])
    total, square = np.zeros((len(values), rows.shape[1])), np.zeros((len(values), rows.shape[1], rows.shape[1]))
    np.add.at(total, place, rows)
    np.add.at(square, place, rows[:, :, None] * rows[:, None, :])
    codes = None if cluster is None else values[:, 1].astype(np.int64)
    return Running(values[:, 0], np.bincount(place).astype(float), total, square, codes)


def counted(x: Values) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The distinct values, ascending, and how many rows hold each."""
    values, n = np.unique(np.asarray(x, float), return_counts=True)
    return values, n.astype(float)


def around_a_cutoff(seed: int = 1, n: int = 800, step: float | None = None, jump: float = 0.7) -> dict[str, Values]:
    """Rows near 0: `x` (rounded to `step`), outcome `y` that jumps, `received` more often above, `village`."""
    rng = np.random.default_rng(seed)
    x = rng.normal(0.1, 1, n)
    x = x if step is None else np.round(x / step) * step
    above = x >= 0
    received = (rng.uniform(size=n) < np.where(above, 0.8, 0.2 + 0.05 * np.tanh(x))).astype(float)
    village = rng.integers(0, n // 25, n)
    y = 1 + x + 0.5 * x**2 + jump * above + rng.normal(0, 1, n) * (1 + 0.5 * above)
    return {"x": x, "y": y, "received": received, "village": village}
