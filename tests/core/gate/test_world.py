"""What is assumed where the protocol is silent, and what is said about it."""

from dataclasses import replace

import numpy as np
import pytest

from builders import a_protocol
from clew.errors import InputError
from clew.evaluate.world import HARM, Groups, Scenario, World, effects_by_group, scenarios, world_of
from clew.pilot.protocol import Design, Equity, Outcome, Protocol, Size
from clew.pilot.size import size

GROUPS = Groups("tongue", ("Danish", "other"), (0.8, 0.2))


def of_units(**changes: object) -> Protocol:
    design = Design("randomised", "difference", "hc2", "arm", "control")
    return a_protocol(design=design, **changes)


def stated(protocol: Protocol) -> dict[str, tuple[float, bool]]:
    return {one.name: (one.value, one.stated) for one in world_of(protocol).listed}


def test_what_the_protocol_states_is_taken() -> None:
    world = world_of(a_protocol(size=Size(units=624, clusters=12, icc=0.03, baseline=0.55, cluster_size_cv=0.2)))
    assert (world.units, world.clusters, world.icc, world.baseline, world.cv) == (624, 12, 0.03, 0.55, 0.2)


@pytest.mark.parametrize("units", [None, 900])
def test_units_that_are_not_planned_are_those_that_the_sample_size_asks_for(units: int | None) -> None:
    protocol = of_units(size=Size(units=units, baseline=0.5))
    expected = units or size(protocol).needed.units
    assert world_of(protocol).units == expected
    assert stated(protocol)["units"] == (expected, units is not None)


@pytest.mark.parametrize(
    ("given", "units", "clusters"),
    [
        (Size(units=600, icc=0.03), 600, 20),  # thirty a cluster, as the sample size has it
        (Size(clusters=12, icc=0.5), 360, 12),  # no size of twelve such clusters is enough
    ],
)
def test_clusters_are_thirty_units_large_where_nothing_else_is_known(given: Size, units: int, clusters: int) -> None:
    world = world_of(a_protocol(size=given))
    assert (world.units, world.clusters) == (units, clusters)


def test_without_any_plan_the_sample_size_plans() -> None:
    protocol = a_protocol(size=Size(icc=0.01))
    needed = size(protocol).needed
    assert (world_of(protocol).units, world_of(protocol).clusters) == (needed.units, needed.clusters)


def test_more_rows_than_can_be_made_up_are_refused() -> None:
    with pytest.raises(InputError, match="too many"):
        world_of(of_units(size=Size(units=10**12)))


def test_groups_without_registered_shares_are_two_halves_and_it_is_said() -> None:
    world = world_of(a_protocol(equity=(Equity("sex"),)))
    assert world.groups == (Groups("sex", ("one half", "other half"), (0.5, 0.5)),)
    assert any("two halves" in note for note in world.notes)


def test_shares_are_made_to_sum_to_one() -> None:
    world = world_of(a_protocol(equity=(Equity("sex", 0.0, (("a", 0.3), ("b", 0.1), ("c", 0.0))),)))
    assert world.groups[0].names == ("a", "b")
    assert world.groups[0].shares == pytest.approx((0.75, 0.25))


def test_the_smallest_group_is_harmed_the_first_of_equals() -> None:
    assert GROUPS.smallest == "other"
    assert Groups("x", ("a", "b"), (0.5, 0.5)).smallest == "a"
    harm = scenarios(a_protocol(), world_of(a_protocol()))[2]
    assert (harm.name, harm.effect, harm.harmed) == (HARM, 0.05, "other")


def test_effects_are_signed_by_what_is_better() -> None:
    lower = a_protocol(outcome=Outcome("safe", "proportion", "lower", 0.05))
    assert [scenario.effect for scenario in scenarios(lower, world_of(lower))] == [0.0, -0.05, -0.05]


def test_without_groups_harm_to_one_is_not_tried() -> None:
    assert len(scenarios(a_protocol(equity=()), world_of(a_protocol(equity=())))) == 2


def test_harm_to_one_group_leaves_the_average() -> None:
    effects = effects_by_group(Scenario(HARM, 0.1, "other"), GROUPS)
    assert effects == pytest.approx((0.15, -0.10))
    assert np.dot(effects, GROUPS.shares) == pytest.approx(0.10)
    assert effects_by_group(Scenario("worth having", 0.1), GROUPS) == (0.1, 0.1)
    assert effects_by_group(Scenario(HARM, 0.1), None) == (0.10,)
    assert effects_by_group(Scenario(HARM, 0.1, "all"), Groups("g", ("all",), (1.0,))) == (-0.1,)


@pytest.mark.parametrize(
    ("protocol", "said"),
    [
        (a_protocol(), "All clusters are there"),
        (of_units(), "Each look brings new units"),
        (a_protocol(outcome=Outcome("safe", "proportion", "higher", 0.05, adjust_for=("age",))), "do not explain"),
        (a_protocol(design=replace(a_protocol().design, block="town")), "Blocks do not differ"),
        (a_protocol(design=replace(a_protocol().design, other_arms=("x",))), "Only the treated and the comparison"),
        (a_protocol(size=Size(units=600, clusters=12, baseline=0.98)), "stop at its end"),
        (
            a_protocol(outcome=Outcome("safe", "count", "lower", 0.5), size=Size(baseline=0.4, units=99, clusters=9)),
            "end",
        ),
    ],
)
def test_what_is_taken_for_granted_is_said(protocol: Protocol, said: str) -> None:
    assert any(said in note for note in world_of(protocol).notes)


def test_nothing_is_said_that_does_not_apply() -> None:
    protocol = of_units(outcome=Outcome("safe", "mean", "higher", 0.05), equity=(), size=Size(units=99))
    assert len(world_of(protocol).notes) == 2
    assert isinstance(world_of(protocol), World)
