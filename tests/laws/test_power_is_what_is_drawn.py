"""The power that a size is said to have is how often made-up pilots of that size show the effect.

The size comes from the variance of the estimate; the made-up pilots from the design's own form, analysed by the code
that judges real data. A kind whose two answers part company has a mistake in one of them.
"""

from typing import Any

import numpy as np
import pytest

from clew.evaluate.arrays import ArrayRows
from clew.evaluate.designs import DESIGNS
from clew.evaluate.looks import look_at
from clew.evaluate.world import WORTH_HAVING, Scenario, world_of
from clew.pilot.planned import planned_trial
from clew.pilot.protocol import Protocol
from kinds_of_pilot import of_kind

TRIALS = 400
SLOW = {"synthetic-control": 150, "synthetic-difference-in-differences": 150}
"""Trials where every one of them weighs many placebos."""

BAND = 3.0
"""In Monte Carlo standard errors: of thirty sound cases, one in twelve such suites would miss one by luck."""

SHARES: dict[str, Any] = {
    "outcome.measure": "proportion",
    "outcome.worth_having": 0.12,
    "size.sd": None,
    "size.baseline": 0.15,
    "size.icc": 0.1,
}
FALLING: dict[str, Any] = {**SHARES, "outcome.worth_having": 0.15, "outcome.better": "lower", "size.baseline": 0.3}
COUNTS: dict[str, Any] = {
    "outcome.measure": "count",
    "outcome.worth_having": 0.5,
    "size.sd": None,
    "size.baseline": 1.2,
    "size.icc": 0.3,
}

EXPECTED: dict[str, Any] = {"design.exposure": None, "design.expected": "expected"}

PLANNED: list[tuple[str, dict[str, Any]]] = [
    ("randomised", {"size.units": 150}),
    ("cluster-randomised", {"outcome.worth_having": 1.1}),
    ("stepped-wedge", {"outcome.worth_having": 1.3}),
    (
        "stepped-wedge",
        {"outcome.worth_having": 1.0, "design.block": "region", "size.r2": 0.6, "outcome.adjust_for": ["age"]},
    ),
    ("encouragement", {"size.units": 150}),
    ("encouragement", {"size.units": 500, "design.estimator": "two-stage-least-squares"}),
    ("difference-in-differences", {"size.units": 110}),
    ("difference-in-differences", {"size.units": 300, "size.clusters": 20, "size.icc": 0.1, "design.cluster": "town"}),
    ("staggered-difference-in-differences", {"size.units": 110}),
    ("random-rollout", {"size.units": 70}),
    ("regression-discontinuity", {"size.units": 3_000}),
    ("regression-discontinuity", {"size.units": 1_500, "size.r2": 0.5, "outcome.adjust_for": ["age"]}),
    ("synthetic-control", {"outcome.worth_having": 1.0}),
    ("synthetic-difference-in-differences", {"outcome.worth_having": 1.0}),
    ("interrupted-time-series", {"size.periods": 100, "size.periods_before": 60, "outcome.worth_having": 1.3}),
    (
        "interrupted-time-series",
        {
            "size.periods": 100,
            "size.periods_before": 60,
            "outcome.worth_having": 1.3,
            "design.impact_model": "level",
            "design.from": [61, 81],
        },
    ),
    ("rare-events", {"size.units": 1_000}),
    ("rare-events", {"size.units": 800, **EXPECTED, "outcome.worth_having": 0.5}),
    (
        "rare-events",
        {
            "size.units": 800,
            **EXPECTED,
            "outcome.worth_having": 16,
            "design.estimator": "observed-minus-expected",
            "design.arm": None,
            "design.comparison": None,
            "design.period": "month",
            "design.from": 6,
        },
    ),
    ("difference-in-differences", {"size.units": 130, **SHARES}),
    ("difference-in-differences", {"size.units": 400, "size.clusters": 20, "design.cluster": "town", **SHARES}),
    ("difference-in-differences", {"size.units": 90, **COUNTS}),
    ("difference-in-differences", {"size.units": 130, **FALLING}),
    ("staggered-difference-in-differences", {"size.units": 200, **FALLING}),
    ("random-rollout", {"size.units": 70, **COUNTS}),
]


def shown(protocol: Protocol) -> float:
    """How often the interval of a made-up pilot lies wholly on the side of the effect."""
    world, method, effect = world_of(protocol), DESIGNS[protocol.design.kind], planned(protocol)[0]
    look = look_at(protocol, 1, units=world.units, clusters=world.clusters, df=None)
    scenario, hits = Scenario(WORTH_HAVING, effect), 0
    for number in range(trials(protocol)):
        drawn = method.draw(protocol, world, scenario, np.random.default_rng([11, number]))
        low, high = method.estimate(protocol, ArrayRows(drawn.at(1)), ()).interval(look)
        hits += low > 0 if effect > 0 else high < 0
    return hits / trials(protocol)


def trials(protocol: Protocol) -> int:
    return SLOW.get(protocol.design.kind, TRIALS)


def planned(protocol: Protocol) -> tuple[float, float]:
    """The effect worth having, signed, and the power that the plan is said to have."""
    effect, trial = protocol.outcome.sign * protocol.outcome.worth_having, planned_trial(protocol)
    assert trial is not None
    return effect, trial.power(effect)


@pytest.mark.parametrize(("kind", "changed"), PLANNED)
def test_made_up_pilots_show_the_effect_as_often_as_was_said(kind: str, changed: dict[str, Any]) -> None:
    protocol = of_kind(kind, changed)
    power = planned(protocol)[1]
    assert 0.3 < power < 0.95, "a power that could not be missed tells nothing"
    error = np.sqrt(power * (1 - power) / trials(protocol))
    assert shown(protocol) == pytest.approx(power, abs=BAND * error)
