"""The difference within each block, weighted by the block's share of the rows."""

from collections.abc import Callable

import numpy as np

from clew.errors import InputError
from clew.evaluate.arms import Arms
from clew.evaluate.rows import Moments, select
from clew.tables.wording import listed

Effect = tuple[float, float, float]
"""Estimate, standard error and degrees of freedom."""


def block_weighted(
    moments: Moments, arms: Arms, block: str, unit: str | None, effect_in: Callable[[Moments, str], Effect]
) -> Effect:
    """Weigh the blocks' effects by their rows and add their variances; degrees of freedom: units less two a block.

    `unit`: the key column of clusters, or None where rows are units. `effect_in`: the effect within one block.

    Raises: InputError where a block has fewer than two units of an arm: its variance cannot be known.
    Source: Imbens & Rubin (2015), Causal Inference, §9; the rules of R's estimatr, `difference_in_means`.
    """
    key = moments.keys[block]
    labels = [key.labels[code] for code in np.unique(key.codes)]
    parts = [select(moments, key.where(label)) for label in labels]
    units = [_units(part, arms, unit) for part in parts]
    thin = [label for label, count in zip(labels, units, strict=True) if min(count) < 2]
    if thin:
        raise InputError(
            f"{len(thin)} blocks have fewer than two {'clusters' if unit else 'units'} an arm, so their variance "
            f"cannot be known: {listed(thin)}.",
            where=f"column {block}",
            do="Join blocks, or use `difference`, which keeps blocks as fixed effects.",
        )
    effects = np.array([effect_in(part, label) for part, label in zip(parts, labels, strict=True)])
    share = np.array([part.n.sum() for part in parts]) / moments.n.sum()
    spread = np.sqrt(np.sum((share * effects[:, 1]) ** 2))
    return float(share @ effects[:, 0]), float(spread), float(np.sum(units) - 2 * len(parts))


def _units(part: Moments, arms: Arms, unit: str | None) -> tuple[int, int]:
    """Units, or clusters where `unit` names their column, of the treated and the comparison arm."""
    cells = [part.keys[arms.column].where(label) for label in (arms.treated, arms.comparison)]
    if unit is None:
        return int(part.n[cells[0]].sum()), int(part.n[cells[1]].sum())
    codes = part.keys[unit].codes
    return len(np.unique(codes[cells[0]])), len(np.unique(codes[cells[1]]))
