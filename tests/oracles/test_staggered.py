"""Starts that differ in time against csdid, diff-diff, Stata's figures and the printed tables of published studies."""

from dataclasses import replace
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

from clew.evaluate.aggregation import Averages, by_cohort, by_event_time
from clew.evaluate.arrays import ArrayRows
from clew.evaluate.callaway_santanna import group_time, overlaps
from clew.evaluate.honest import relative_magnitudes
from clew.evaluate.overlap import Cover, cover
from clew.evaluate.panel import Panel, panel_of
from clew.evaluate.rows import Layout, Moments
from clew.evaluate.two_by_two import changes, cross_sections, two_by_two
from clew.evaluate.two_way import two_way
from staggered import a_panel, asked, in_periods

AGAINST = {"never": "nevertreated", "not-yet": "notyettreated"}


def drawn(seed: int) -> tuple[Panel, dict[str, Any], dict[str, Any]]:
    """A panel, what it is asked, and the same in the other software's words; each seed asks another combination."""
    rng = np.random.default_rng(seed)
    data = a_panel(seed, units=int(rng.integers(60, 120)), periods=int(rng.integers(4, 8)), never=seed % 5 != 4)
    against = "never" if seed % 2 == 0 and seed % 5 != 4 else "not-yet"
    base = "varying" if seed % 3 else "universal"
    ours: dict[str, Any] = {"against": against, "base": base}
    theirs: dict[str, Any] = {**in_periods(data), "against": AGAINST[against], "base": base}
    if seed % 4 >= 2:
        x = rng.normal(0, 1, (len(data.start), 2))
        ours["covariates"], theirs["x"], theirs["z"] = x, x[:, 0].tolist(), x[:, 1].tolist()
    if seed % 3 == 1:
        weight = rng.uniform(0.5, 3, len(data.start))
        data = replace(data, weight=weight[:, None] * np.ones(data.outcome.shape))
        theirs["weight"] = weight.tolist()
    if seed % 7 >= 4:
        data = replace(data, cluster=rng.integers(0, 25, len(data.start)))
        theirs["cluster"] = data.cluster.tolist()
    return data, ours, theirs


SEEDS = range(12)


@cache
def csdid() -> list[dict[str, Any]]:
    return asked("callaway_santanna", [drawn(seed)[2] for seed in SEEDS])


def agree(averages: Averages, expected: dict[str, Any]) -> None:
    assert (averages.mean, averages.mean_error) == pytest.approx((expected["mean"], expected["mean_error"]), rel=1e-8)
    reference = [place for place, error in enumerate(expected["std_error"]) if not error > 0]
    theirs = [np.delete(expected[part], reference) for part in ("estimate", "std_error")]
    assert averages.estimate == pytest.approx(theirs[0], rel=1e-8, abs=1e-11)
    assert averages.std_error == pytest.approx(theirs[1], rel=1e-8)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_average_and_its_standard_error_as_csdid(seed: int) -> None:
    data, ours, _ = drawn(seed)
    effects, theirs = group_time(data, **ours), csdid()[seed]
    agree(by_event_time(effects), theirs["dynamic"])
    agree(by_cohort(effects), theirs["group"])
    simple = by_event_time(effects, "overall")
    expected = theirs["simple"]["mean"], theirs["simple"]["mean_error"]
    assert (simple.mean, simple.mean_error) == pytest.approx(expected, rel=1e-8)


def moments(table: dict[str, Any], outcome: str, *keys: str, weights: str | None = None) -> Moments:
    rows = {name: np.array(values) for name, values in table.items()}
    return ArrayRows(rows).moments(Layout(outcome, "mean", keys=keys, weights=weights))


@cache
def tables() -> dict[str, Any]:
    return asked("published_tables", [{}])[0]


def teen_employment(shared_data: Path) -> tuple[Panel, np.ndarray]:
    """Callaway and Sant'Anna's counties: log employment, and log population as a baseline value."""
    query = f"SELECT *, \"first.treat\" AS start FROM '{shared_data / 'trials' / 'mpdta.csv'}'"
    table = {name: values.tolist() for name, values in duckdb.sql(query).fetchnumpy().items()}
    keys = {"unit": "countyreal", "period": "year", "treated_from": "start"}
    data, population = (panel_of(moments(table, name, *keys.values()), **keys) for name in ("lemp", "lpop"))
    return data, population.outcome[:, :1]


def test_minimum_wages_and_teen_employment(shared_data: Path) -> None:
    """The figures of the authors' vignette: -.0400, by cohort -.0310, by time since -.0772 and its four effects."""
    data, _ = teen_employment(shared_data)
    effects = group_time(data, against="never")
    assert f"{by_event_time(effects, 'overall').mean:.4f}" == "-0.0400"
    cohorts, study = by_cohort(effects), by_event_time(effects)
    assert f"{cohorts.mean:.4f} ({cohorts.mean_error:.4f})" == "-0.0310 (0.0124)"
    assert [f"{each:.4f}" for each in cohorts.estimate] == ["-0.0797", "-0.0229", "-0.0261"]
    assert f"{study.mean:.4f} ({study.mean_error:.4f})" == "-0.0772 (0.0200)"
    assert [f"{each:.4f}" for each in study.estimate[3:]] == ["-0.0199", "-0.0510", "-0.1373", "-0.1008"]


def test_minimum_wages_as_csdid(shared_data: Path) -> None:
    data, population = teen_employment(shared_data)
    plain = [{**in_periods(data), "against": name, "base": "varying"} for name in AGAINST.values()]
    theirs = asked("callaway_santanna", [*plain, *({**case, "x": population[:, 0].tolist()} for case in plain)])
    for expected, (covariates, against) in zip(theirs, product((None, population), AGAINST), strict=True):
        effects = group_time(data, against=against, covariates=covariates)  # type: ignore[arg-type]
        agree(by_event_time(effects), expected["dynamic"])
        agree(by_cohort(effects), expected["group"])
        simple = by_event_time(effects, "overall")
        assert simple.mean == pytest.approx(expected["simple"]["mean"], abs=1e-12)
        assert simple.mean_error == pytest.approx(expected["simple"]["mean_error"], rel=1e-9)


def castle(weights: str | None = None) -> Panel:
    keys = {"unit": "sid", "period": "year", "treated_from": "start"}
    return panel_of(moments(tables()["castle"], "l_homicide", *keys.values(), weights=weights), **keys)


def test_castle_doctrine_as_stata() -> None:
    """Cheng & Hoekstra's states: Stata's csdid and xtreg, with and without weights by population."""
    stata = tables()["stata"]
    study = by_event_time(group_time(castle(), against="never"), "overall")
    assert (study.mean, study.mean_error) == pytest.approx(stata["stata_csdid_simple_gvar_effyear_plus1"], abs=1e-7)
    assert f"{study.mean:.3f} ({study.mean_error:.3f})" == "0.019 (0.038)"
    plain, weighed = two_way(castle()), two_way(castle("popwt"))
    assert (plain.estimate, plain.std_error) == pytest.approx(stata["stata_twfe_unweighted"], abs=1e-8)
    assert (weighed.estimate, weighed.std_error) == pytest.approx(stata["stata_twfe_weighted"], abs=1e-7)


def covered(data: Panel, covariates: np.ndarray, against: Any) -> tuple[Cover, float]:
    """How far all cohorts are covered, and the share without like, above which the screen asks."""
    found = cover(overlaps(data, covariates, against=against, base="universal"))
    return found, found.alone / found.treated


def test_overlap_of_counties_and_of_states(shared_data: Path) -> None:
    """Counties of like size lie on both sides; of 21 states none had a chance above .9, yet for the one that starts in
    2010 a state or two carry the weight: said, not asked."""
    found, share = covered(*teen_employment(shared_data), "never")
    assert (found.treated, share, found.beyond) == (191, 0.0, 0)
    assert f"{found.least.effective:.0f} of {found.least.compared}" == "249 of 309"
    income = panel_of(moments(tables()["castle"], "l_income", "sid", "year", "start"), unit="sid", period="year")
    found, share = covered(castle(), income.outcome[:, :1], "never")
    assert (found.treated, share, found.beyond) == (21, 0.0, 1)
    assert f"{found.least.effective:.1f} of {found.least.compared} for {found.least.treated}" == "1.7 of 29 for 1"
    assert f"{found.least.largest:.2f}, {found.least.high:.2f}" == "0.49, 0.38"


def test_organ_donors() -> None:
    """Kessler & Roth (2014), table 2, column 1: -.022 (.006), two-way fixed effects by state."""
    table = tables()["organ"] | {"start": [4 if state == "California" else 0 for state in tables()["organ"]["State"]]}
    keys = {"unit": "State", "period": "Quarter_Num", "treated_from": "start"}
    data = panel_of(moments(table, "Rate", *keys.values()), **keys)
    found = two_way(data)
    assert f"{found.estimate:.3f} ({found.std_error:.3f})" == "-0.022 (0.006)"
    assert two_by_two(changes(data, 3), "classical").estimate == pytest.approx(found.estimate, abs=1e-12)


def sides(data: Moments, treated: str, after: str, first: str) -> tuple[Any, Any]:
    return data.keys[treated].where("1"), data.keys[after].where(first)


def test_workers_compensation() -> None:
    """Meyer, Viscusi & Durbin (1995), Kentucky, as in Wooldridge, example 13.4: .191 (.069)."""
    data = moments(tables()["injury"], "ldurat", "highearn", "afchnge")
    found = cross_sections(data, sides(data, "highearn", "afchnge", "1"), None, "hc2")
    assert f"{found.estimate:.3f} ({found.std_error:.3f})" == "0.191 (0.069)"
    assert found.n == 5626


def test_incinerator() -> None:
    """Kiel & McClain (1995) as in Wooldridge, example 13.3: -11,863.90 (7,456.65)."""
    data = moments(tables()["kielmc"], "rprice", "nearinc", "year")
    found = cross_sections(data, sides(data, "nearinc", "year", "1981"), None, "classical")
    assert f"{found.estimate:,.2f} ({found.std_error:,.2f})" == "-11,863.90 (7,456.65)"


def test_effects_that_broken_trends_allow_as_diff_diff() -> None:
    """The same possible effects; its interval leaves out that earlier movements are estimated, and is inside ours."""
    cases, ours = [], []
    for seed in range(6):
        study = by_event_time(group_time(a_panel(seed), against="never", base="universal"))
        multiple, before = 0.5 * seed, int((study.at < 0).sum())
        weight, covariance = study.weight[before:].tolist(), study.covariance[:-1, :-1].tolist()
        cases.append(
            {"estimate": study.estimate.tolist(), "covariance": covariance, "before": before, "weight": weight,
             "multiple": multiple}
        )  # fmt: skip
        ours.append(relative_magnitudes(study, multiple, 1.959963984540054))
    for found, expected in zip(ours, asked("honest", cases), strict=True):
        assert found is not None
        assert found.possible == pytest.approx(expected["possible"], rel=1e-8)
        assert found.interval[0] <= expected["interval"][0] + 1e-9
        assert found.interval[1] >= expected["interval"][1] - 1e-9
    assert ours[0].interval == pytest.approx(asked("honest", cases[:1])[0]["interval"], rel=1e-8)
