"""How alike rows of one cluster are: the intra-cluster correlation of the outcome."""

import numpy as np

from clew.evaluate.rows import Floats, Integers, Moments, numbered


def intra_cluster_correlation(moments: Moments, arm: str, cluster: str) -> float | None:
    """Analysis-of-variance estimate of the intra-cluster correlation within arms; it may be negative.

    None where clusters have one row each, or the outcome does not vary. Source: Donner & Klar (2000), Design and
    Analysis of Cluster Randomization Trials, §6; several arms are pooled about their own means.
    """
    arms, clusters = moments.keys[arm].codes, moments.keys[cluster].codes
    pairs, pair = numbered(clusters * (arms.max() + 1) + arms)
    n, total = _sums(pair, moments.n), _sums(pair, moments.products[:, 0, 1])
    of_arm = numbered(pairs % (arms.max() + 1))[1]
    arm_n, arm_total = _sums(of_arm, n), _sums(of_arm, total)
    between_df, within_df = len(n) - len(arm_n), n.sum() - len(n)
    if between_df < 1 or within_df < 1:
        return None
    between = np.sum(n * (total / n - (arm_total / arm_n)[of_arm]) ** 2) / between_df
    within = (moments.products[:, 1, 1].sum() - np.sum(total**2 / n)) / within_df
    size = (n.sum() - np.sum(_sums(of_arm, n**2) / arm_n)) / between_df
    spread = between + (size - 1) * within
    return float((between - within) / spread) if spread > 0 else None


def _sums(group: Integers, values: Floats | Integers) -> Floats:
    return np.asarray(np.bincount(group, values), dtype=np.float64)
