"""Looks to come: which, and the limits that they are expected to have."""

import pytest
from scipy.special import stdtrit

from builders import a_protocol
from clew.evaluate.looks import look_at
from clew.pilot.protocol import Design, Looks
from clew.report.outstanding import outstanding


def test_which_looks_are_to_come() -> None:
    protocol = a_protocol(looks=Looks("obrien-fleming", 3, 0.05), extend_times=2)
    for taken, verdict, expected in (
        (0, None, [1, 2, 3]),
        (1, "not yet", [2, 3]),
        (3, "extend", [4]),
        (4, "extend", [5]),
        (5, "extend", []),
        (3, "stop", []),
        (2, "scale", []),
        (2, "adapt", []),
    ):
        assert [point.look for point in outstanding(protocol, taken=taken, verdict=verdict)] == expected


def test_the_limits_are_those_that_a_look_finds_if_the_data_arrive_as_planned() -> None:
    protocol = a_protocol(looks=Looks("obrien-fleming", 4, 0.05), extend_times=1)
    clusters, units = protocol.size.clusters, protocol.size.units
    assert clusters is not None
    assert units is not None
    for point in outstanding(protocol):
        share = units * point.look // 4
        found = look_at(protocol, point.look, units=share, clusters=clusters, df=clusters - 2)
        assert point.boundary == pytest.approx(found.boundary, rel=1e-9)


def test_a_single_look_has_the_limit_of_a_single_test() -> None:
    units = Design("randomised", "difference", "hc2", "arm", "0")
    single = a_protocol(looks=Looks("single", 1, 0.05), design=units)
    assert outstanding(single)[0].boundary == pytest.approx(1.959963985, abs=1e-8)
    clusters = a_protocol(looks=Looks("single", 1, 0.05))
    assert outstanding(clusters)[0].boundary == pytest.approx(stdtrit(10, 0.975), rel=1e-9)
