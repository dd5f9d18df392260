"""A limit for many estimates at once: how large the largest of them gets by chance alone.

The multiplier bootstrap multiplies each unit's influence by a standard normal number; sums of these are exactly normal
with the estimates' own covariance, so that they are drawn from it at once.

Source: Callaway & Sant'Anna (2021), algorithm 1; Montiel Olea & Plagborg-Møller (2019), Simultaneous confidence bands,
J. Applied Econometrics 34(1).
"""

from typing import Final

import numpy as np

from clew.evaluate.rows import Floats

DRAWS: Final = 3_999


def critical_value_of_all(covariance: Floats, nominal_p: float, seed: int = 0) -> float:
    """Return what the largest |estimate / standard error| exceeds with probability `nominal_p`, at no effect at all.

    `covariance`: (B, B). Estimates without variance are left aside. The same seed gives the same draws.
    """
    scale = np.sqrt(np.maximum(np.diagonal(covariance), 0.0))
    there = scale > 0
    if not there.any():
        return 0.0
    values, vectors = np.linalg.eigh(covariance[np.ix_(there, there)] / np.outer(scale[there], scale[there]))
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    drawn = np.random.default_rng(seed).standard_normal((DRAWS, len(root))) @ root.T
    return float(np.quantile(np.abs(drawn).max(axis=1), 1 - nominal_p, method="higher"))
