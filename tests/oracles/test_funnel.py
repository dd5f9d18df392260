"""The scatter between units against statsmodels' DerSimonian–Laird."""

import numpy as np
import pytest

from clew.evaluate.funnel import between, scatter

meta = pytest.importorskip("statsmodels.stats.meta_analysis", reason="NOT TESTED: statsmodels is absent")


@pytest.mark.parametrize("seed", range(5))
def test_between_is_dersimonian_and_lairds(seed: int) -> None:
    rng = np.random.default_rng(seed)
    variance = rng.uniform(0.01, 0.3, 25)
    values = rng.normal(0, np.sqrt(variance + 0.2))
    theirs = meta.combine_effects(values, variance, method_re="dl")
    error = np.sqrt(variance)
    centre = float(values / variance @ np.ones(25) / (1 / variance).sum())
    phi = scatter((values - centre) / error, share=0.0)
    assert phi * 25 == pytest.approx(theirs.q, rel=1e-10)
    assert between(phi, error) ** 2 == pytest.approx(theirs.tau2, rel=1e-10)
