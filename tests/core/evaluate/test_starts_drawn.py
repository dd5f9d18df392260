"""Made-up units over time have the means, the variances and the likeness that the sample size counts with."""

from math import lgamma
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from clew.evaluate.designs import DESIGNS
from clew.evaluate.designs.starts_drawn import _poisson
from clew.evaluate.world import WORTH_HAVING, Scenario, World, world_of
from kinds_of_pilot import of_kind

UNITS, PERIODS, BEFORE = 20_000, 6, 3
SERIAL, ICC = 0.4, 0.3


def outcomes(measure: str, baseline: float, effect: float, **world: Any) -> tuple[NDArray[Any], NDArray[Any]]:
    """Outcomes (U, T), and which units are treated, of made-up difference-in-differences."""
    protocol = of_kind(
        "difference-in-differences",
        {
            "outcome.measure": measure,
            "outcome.worth_having": abs(effect) or 0.1,
            "size.sd": None,
            "size.baseline": baseline,
            "design.cluster": "town",
        },
    )
    told = {"periods": PERIODS, "periods_before": BEFORE, "serial": SERIAL, "icc": ICC, **world}
    made = World(told.pop("units", UNITS), told.pop("clusters", None), baseline, **told)
    rng = np.random.default_rng(3)
    drawn = DESIGNS["difference-in-differences"].draw(protocol, made, Scenario(WORTH_HAVING, effect), rng)
    columns = drawn.at(1)
    return columns["safe"].reshape(-1, PERIODS), columns["treated"].reshape(-1, PERIODS)[:, 0] == 1


LEVELS = [("proportion", 0.08, 0.06), ("proportion", 0.93, 0.05), ("count", 0.5, 0.3), ("count", 6.0, -2.0)]


@pytest.mark.parametrize(("measure", "baseline", "effect"), LEVELS)
def test_means_and_variances_are_those_of_the_sample_size(measure: str, baseline: float, effect: float) -> None:
    """Binomial and Poisson variances at the level planned; before, after, treated or not."""
    found, treated = outcomes(measure, baseline, effect)
    for rows, level in (
        (found[~treated], baseline),
        (found[treated][:, :BEFORE], baseline),
        (found[treated][:, BEFORE:], baseline + effect),
    ):
        variance = level * (1 - level) if measure == "proportion" else level
        assert rows.mean() == pytest.approx(level, abs=5 * np.sqrt(variance / len(rows)))
        assert rows.var() == pytest.approx(variance, rel=0.05)


@pytest.mark.parametrize(("measure", "baseline", "effect"), LEVELS)
@pytest.mark.parametrize("apart", [1, 2, 5])
def test_neighbouring_periods_resemble_each_other_as_assumed(
    measure: str, baseline: float, effect: float, apart: int
) -> None:
    """What stays and what fades: icc + (1 − icc) · serial to the power of the periods apart."""
    found, treated = outcomes(measure, baseline, effect)
    pairs = found[~treated]
    likeness = np.corrcoef(pairs[:, 0], pairs[:, apart])[0, 1]
    assert likeness == pytest.approx(ICC + (1 - ICC) * SERIAL**apart, abs=0.04)


@pytest.mark.parametrize("measure", ["proportion", "count"])
def test_units_of_a_cluster_resemble_each_other_as_assumed(measure: str) -> None:
    found, _ = outcomes(measure, 0.4, 0.0, units=40_000, clusters=20_000)
    one, other = found[::2], found[1::2]
    same, next_ = (np.corrcoef(one[:, 0], other[:, place])[0, 1] for place in (0, 1))
    assert same == pytest.approx(ICC, abs=0.03)
    assert next_ == pytest.approx(ICC * SERIAL, abs=0.03)


def test_what_swings_to_and_fro_is_unlike_its_neighbour() -> None:
    found, _ = outcomes("proportion", 0.5, 0.0, serial=-0.4, icc=0.0)
    assert np.corrcoef(found[:, 0], found[:, 1])[0, 1] == pytest.approx(-0.4, abs=0.03)


@pytest.mark.parametrize("rate", [1e-9, 0.3, 4.0, 60.0])
def test_counts_are_quantiles_of_poisson(rate: float) -> None:
    """By summing chances up, one count after another."""
    ranks = np.append(np.linspace(0.0005, 0.9995, 400), [1e-12, 1 - 1e-12])
    chances = np.array([np.exp(count * np.log(rate) - rate - lgamma(count + 1)) for count in range(200)])
    by_hand = np.searchsorted(np.cumsum(chances), ranks)
    assert (_poisson(ranks, np.full(len(ranks), rate)) == by_hand).all()


def test_shares_and_counts_do_not_drift_into_their_bounds() -> None:
    """An effect worth having from 0.8 finds its room, though time passes."""
    found, treated = outcomes("proportion", 0.8, 0.2)
    assert found[treated][:, BEFORE:].min() == 1.0
    assert found[~treated][:, -1].mean() == pytest.approx(0.8, abs=0.02)


def test_the_world_of_a_protocol_is_drawn_in() -> None:
    """Periods and units come from [size]."""
    protocol = of_kind("difference-in-differences")
    drawn = DESIGNS["difference-in-differences"].draw(
        protocol, world_of(protocol), Scenario(WORTH_HAVING, 2.0), np.random.default_rng(1)
    )
    assert len(drawn.at(1)["safe"]) == 800 * 8
