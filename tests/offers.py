"""Made-up offers that some take up and some do not, for tests of instruments; and the plain estimator of an offer."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clew.evaluate.arms import Arms
from clew.evaluate.blocks import Effect
from clew.evaluate.cluster_robust import cr1, cr2
from clew.evaluate.heteroskedastic import classical, robust
from clew.evaluate.instrument import Instrumented, instrumented
from clew.evaluate.regression import additive_columns, fit
from clew.evaluate.rows import Layout, Rows

TREATED = "offered"
ARMS = Arms("arm", TREATED, "0")


def an_offer(
    seed: int, *, share: float, n: int = 400, effect: float = 1.0, away: float = 0.0
) -> dict[str, NDArray[Any]]:
    """People in schools in blocks; `share` of them take up the offer and would not without it.

    `y` outcome, `d` received (0 or 1), `x`, `x2` baseline (about `away`), `arm` "offered" or "0". Those who would
    always take it up differ in `y`, so that a plain comparison by `d` would mislead.
    """
    rng = np.random.default_rng(seed)
    school = np.sort(rng.integers(0, 40, n))
    offered = school % 2 == 1
    draw = rng.uniform(size=n)
    always, complier = draw < 0.15, (draw >= 0.15) & (draw < 0.15 + share)
    d = (always | (complier & offered)).astype(float)
    x = rng.normal(0, 1, n) + 0.3 * complier
    y = effect * d + 0.5 * x + 2.0 * always + 0.3 * rng.normal(0, 1, 40)[school] + rng.normal(0, 1, n)
    return {
        "y": y,
        "d": d,
        "x": x + away,
        "x2": rng.normal(0, 1, n) + 10 * away,
        "arm": np.where(offered, TREATED, "0"),
        "school": school,
        "block": school // 8,
    }


def layout_for(kind: str, **changes: Any) -> Layout:
    """The layout of an offer, with its schools as clusters where the standard error asks for them."""
    plain = Layout(outcome="y", measure="mean", arm="arm", cluster="school" if kind.startswith("cr") else None)
    return replace(plain, **changes)


def effect_by(rows: Rows, layout: Layout, kind: str) -> Effect:
    """The offer's effect on the outcome by least squares with the standard error named."""
    moments = rows.moments(layout)
    fitted = fit(moments, additive_columns(moments, ARMS), layout.level, layout.cluster)
    match kind:
        case "classical":
            return (fitted.effect, *classical(fitted))
        case "cr1":
            return (fitted.effect, *cr1(fitted))
        case "cr2":
            return (fitted.effect, *cr2(fitted))
    return (fitted.effect, *robust(fitted, moments, (rows, layout, ()), hc2=kind == "hc2"))


def by_instrument(rows: Rows, layout: Layout, kind: str) -> Instrumented:
    """Two-stage least squares of `d` on `y` by the offer."""
    return instrumented(lambda changed: effect_by(changed, layout, kind), rows, "d")
