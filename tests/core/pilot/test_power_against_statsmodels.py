"""Power and sample sizes against statsmodels and SciPy's noncentral t, run in a process of their own."""

import json
import subprocess
from pathlib import Path

import pytest

from clew.pilot.power import expected_z, small_sample_factor, t_power, units_in_all, variances

PYTHON = Path(__file__).resolve().parents[3] / ".venv-oracles" / "bin" / "python"

SCRIPT = """
import json, sys
import numpy as np
from scipy import stats
from statsmodels.stats.power import NormalIndPower, TTestIndPower
from statsmodels.stats.proportion import power_proportions_2indep

asked = json.load(sys.stdin)
t = []
for shift, df, alpha in asked["t"]:
    limit = stats.t.ppf(1 - alpha / 2, df)
    t.append(float(stats.nct.sf(limit, df, shift) + stats.nct.cdf(-limit, df, shift)))
solve = NormalIndPower().solve_power
z = [float(solve(d, alpha=a, power=p, ratio=r, alternative="two-sided")) for d, a, p, r in asked["z"]]
ttest = [float(TTestIndPower().power(d, n, 0.05)) for d, n in asked["ttest"]]
shares = [float(power_proportions_2indep(d, c, n, alpha=0.05, return_results=False)) for d, c, n in asked["shares"]]
json.dump({"t": t, "z": z, "ttest": ttest, "shares": shares}, sys.stdout)
"""

T = [(shift, df, alpha) for shift in (0.0, 0.7, 2.8, 4.5) for df in (1, 2, 5, 10, 38, 400) for alpha in (0.001, 0.05)]
Z = [
    (d, alpha, power, ratio)
    for d in (0.2, 0.5)
    for alpha in (0.01, 0.05)
    for power in (0.8, 0.95)
    for ratio in (1, 2.5)
]
TTEST = [(d, n) for d in (0.3, 0.5, 1.2) for n in (6, 20, 64)]
SHARES = [(0.2, 0.55, 89), (0.1, 0.3, 250), (-0.15, 0.6, 120), (0.05, 0.05, 400)]


@pytest.fixture(scope="module")
def theirs() -> dict[str, list[float]]:
    if not PYTHON.exists():
        pytest.skip("NOT TESTED: .venv-oracles is absent; run `make oracles`")
    asked = json.dumps({"t": T, "z": Z, "ttest": TTEST, "shares": SHARES})
    done = subprocess.run([PYTHON, "-c", SCRIPT], input=asked, capture_output=True, text=True, check=True)
    answer: dict[str, list[float]] = json.loads(done.stdout)
    return answer


def test_noncentral_t(theirs: dict[str, list[float]]) -> None:
    ours = [t_power(shift, df, alpha=alpha) for shift, df, alpha in T]
    assert ours == pytest.approx(theirs["t"], abs=3e-6)


def test_units_for_a_mean_by_normal_theory(theirs: dict[str, list[float]]) -> None:
    for (d, alpha, power, ratio), first in zip(Z, theirs["z"], strict=True):
        share = ratio / (1 + ratio)
        spread = variances("mean", 0.0, d, share, 1.0)
        ours = units_in_all(spread, d, share, alpha=alpha, power=power) * (1 - share)
        assert ours == pytest.approx(first, rel=1e-4)  # theirs counts the far tail too


def test_power_of_the_t_test(theirs: dict[str, list[float]]) -> None:
    for (d, n), power in zip(TTEST, theirs["ttest"], strict=True):
        spread = variances("mean", 0.0, d, 0.5, 1.0)
        z = expected_z(spread, d, 0.5, 2 * n, alpha=0.05)
        assert t_power(z, 2 * n - 2, alpha=0.05) == pytest.approx(power, abs=3e-6)


def test_power_for_shares(theirs: dict[str, list[float]]) -> None:
    """Ours leaves out the far tail, which is below 1e-4 here."""
    for (change, start, n), power in zip(SHARES, theirs["shares"], strict=True):
        spread = variances("proportion", start, change, 0.5, None)
        z = expected_z(spread, change, 0.5, 2 * n, alpha=0.05)
        assert t_power(z, 1e9, alpha=0.05) == pytest.approx(power, abs=2e-4)


def test_few_degrees_of_freedom_reach_the_power(theirs: dict[str, list[float]]) -> None:
    del theirs
    for df in (2, 5, 10, 38):
        shift = (1.959964 + 0.841621) * small_sample_factor(df, alpha=0.05, power=0.8) ** 0.5
        assert t_power(shift, df, alpha=0.05) == pytest.approx(0.8, abs=1e-6)
