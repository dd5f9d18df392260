"""Standard errors when every row has a chance of its own: classical, HC1 and HC2.

Where the design is constant within cells and rows have no weights, second moments say all; else one more scan sums
squared residuals, each multiplied by its row's influence and divided by what its leverage leaves.
"""

import numpy as np

from clew.evaluate.regression import Fit, level_codes
from clew.evaluate.rows import Curves, Floats, Integers, Layout, Moments, Rows, Within, distinct

FULL_LEVERAGE = 1e-8
"""Where 1 − leverage falls below this, a row's residual is 0 and it counts nothing."""


def classical(fit: Fit) -> tuple[float, float]:
    """Standard error of the effect under equal variances, and N − K degrees of freedom."""
    df = fit.n - fit.parameters
    return float(np.sqrt(fit.rss / df * fit.bread[0, 0])), float(df)


def robust(fit: Fit, moments: Moments, source: tuple[Rows, Layout, Within], *, hc2: bool) -> tuple[float, float]:
    """HC1 (factor N/(N−K)) or HC2 (1/(1−leverage)) standard error of the effect, with its degrees of freedom.

    These are N − K, except for HC2 of two arms and nothing else: Welch's, which Satterthwaite's become there.
    Source: MacKinnon & White (1985), J. Econometrics 29(3); Imbens & Rubin (2015), Causal Inference, ch. 6.
    """
    rows, layout, within = source
    df = fit.n - fit.parameters
    if moments.covariates or layout.weights:
        meat = rows.squares(layout, _curves(fit, moments, layout, hc2=hc2), within)
        return float(np.sqrt(meat if hc2 else meat * fit.n / df)), float(df)
    cells = _meat_of_cells(fit, moments, layout, hc2=hc2)
    if hc2 and fit.parameters == 2:
        return float(np.sqrt(cells.sum())), _welch(cells, moments, layout)
    return float(np.sqrt(cells.sum() * (1.0 if hc2 else fit.n / df))), float(df)


def _within_level(fit: Fit, moments: Moments, layout: Layout) -> tuple[Integers, Floats]:
    """Each cell's level (C,), and its columns less the level's mean as functions of (1, outcome, covariates)."""
    level = level_codes(moments, layout.level)
    centred = fit.columns.loadings.copy()
    centred[:, :, 0] -= fit.patches.level_mean[level, 1:]
    return level, centred


def _meat_of_cells(fit: Fit, moments: Moments, layout: Layout, *, hc2: bool) -> Floats:
    """Sum over each cell's rows of (influence · residual)², by leverage for HC2: (C,)."""
    level, centred = _within_level(fit, moments, layout)
    z = centred[:, :, 0]
    predicted = fit.patches.level_mean[level, 0] + z @ fit.coefficients
    total, outcome, square = moments.products[:, 0, 0], moments.products[:, 0, 1], moments.products[:, 1, 1]
    squares = np.maximum(square - 2 * predicted * outcome + predicted**2 * total, 0.0)
    meat = (z @ fit.bread[0]) ** 2 * squares
    if not hc2:
        return np.asarray(meat)
    left = 1 - 1 / fit.patches.level_weight[level] - np.einsum("ck,kl,cl->c", z, fit.bread, z)
    return np.where(left > FULL_LEVERAGE, meat / np.maximum(left, FULL_LEVERAGE), 0.0)


def _welch(cells: Floats, moments: Moments, layout: Layout) -> float:
    """Welch–Satterthwaite degrees of freedom from the two arms' shares of the variance; 0 where there is none."""
    arm = level_codes(moments, layout.arm)
    variance = np.bincount(arm, cells)
    if not variance.any():
        return 0.0
    return float(variance.sum() ** 2 / np.sum(variance**2 / (np.bincount(arm, moments.n) - 1)))


def _curves(fit: Fit, moments: Moments, layout: Layout, *, hc2: bool) -> Curves:
    """One class of rows for each joint value of the arm, block, level and factors."""
    columns = distinct(layout.arm, layout.block, layout.level, *moments.factors)
    names = [tuple(moments.keys[c].labels[moments.keys[c].codes[i]] for c in columns) for i in range(len(moments.n))]
    first = {label: cell for cell, label in reversed(list(enumerate(names)))}
    cells = np.array(list(first.values()))
    level, centred = _within_level(fit, moments, layout)
    level, centred = level[cells], centred[cells]
    residual = -np.einsum("k,ckv->cv", fit.coefficients, centred)
    residual[:, 0] -= fit.patches.level_mean[level, 0]
    residual[:, 1] += 1.0
    leverage = np.einsum("cki,kl,clj->cij", centred, fit.bread, centred)
    leverage[:, 0, 0] += 1 / fit.patches.level_weight[level]
    influence = np.einsum("k,ckv->cv", fit.bread[0], centred)
    return Curves(columns, list(first), moments.centre, residual, influence, leverage if hc2 else None)
