"""The designs that an effect can be estimated in, one file each. A new one is a file here and a line in `DESIGNS`."""

from clew.errors import InputError
from clew.evaluate.designs import (
    cluster_randomised,
    difference_in_differences,
    encouragement,
    interrupted_time_series,
    random_rollout,
    randomised,
    rare_events,
    regression_discontinuity,
    staggered_difference_in_differences,
    stepped_wedge,
    synthetic_control,
    synthetic_difference_in_differences,
)
from clew.evaluate.designs.method import Method
from clew.evaluate.rows import Layout
from clew.pilot.protocol import Protocol

DESIGNS: dict[str, Method] = {
    method.kind: method
    for method in (
        randomised.METHOD,
        cluster_randomised.METHOD,
        encouragement.METHOD,
        rare_events.METHOD,
        regression_discontinuity.METHOD,
        stepped_wedge.METHOD,
        synthetic_control.METHOD,
        synthetic_difference_in_differences.METHOD,
        interrupted_time_series.METHOD,
        difference_in_differences.METHOD,
        random_rollout.METHOD,
        staggered_difference_in_differences.METHOD,
    )
}


def method_of(protocol: Protocol) -> Method:
    """Return how the protocol's kind of design is estimated. Raises InputError where it is not built."""
    kind = protocol.design.kind
    if kind not in DESIGNS:
        raise InputError(
            f"data of a {kind} design cannot be evaluated yet.",
            where="[design] kind",
            do=f"Built: {', '.join(DESIGNS)}.",
        )
    return DESIGNS[kind]


def layout_of(protocol: Protocol) -> Layout:
    """Return which column of the data plays which part."""
    return method_of(protocol).layout(protocol)
