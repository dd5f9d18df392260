"""What a protocol may promise can be kept: nothing passes the check of a design that its evaluation refuses later."""

from itertools import product
from typing import Any

import pytest

from clew.errors import InputError
from clew.evaluate.designs import DESIGNS
from clew.pilot.check import check
from clew.pilot.kinds import KINDS
from clew.pilot.protocol import Protocol
from kinds_of_pilot import of_kind

ASKED: list[dict[str, Any]] = [{}, {"design.weights": "w"}, {"outcome.adjust_for": ["age"]}]
OVER: list[dict[str, Any]] = [{}, {"design.exposure": None, "design.expected": "expected"}]
WAYS = [
    (kind, estimator, {**asked, **over})
    for kind, one in KINDS.items()
    for estimator, asked, over in product(one.estimators, ASKED, OVER if kind == "rare-events" else OVER[:1])
]


def promised(kind: str, changed: dict[str, Any]) -> Protocol | None:
    """The protocol where it is read and sound, None where it is refused by name before it is locked."""
    try:
        protocol = of_kind(kind, changed)
    except InputError:
        return None
    return protocol if check(protocol).ok else None


@pytest.mark.parametrize(("kind", "estimator", "changed"), WAYS)
def test_what_passes_the_check_is_offered(kind: str, estimator: str, changed: dict[str, Any]) -> None:
    protocol = promised(kind, {**changed, "design.estimator": estimator})
    if protocol is not None:
        DESIGNS[kind].layout(protocol)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_not_taken_is_refused_by_name(kind: str) -> None:
    """Neither more nor less than the kind says of itself."""
    for path, taken in (
        ("design.weights", "weights" in KINDS[kind].known),
        ("outcome.adjust_for", KINDS[kind].adjusts),
    ):
        value = "w" if path == "design.weights" else ["age"]
        if taken:
            assert promised(kind, {path: value}) is not None
            continue
        with pytest.raises(InputError, match=path.split(".")[1] if path == "design.weights" else "baseline columns"):
            of_kind(kind, {path: value})


def test_what_was_expected_is_asked_for_where_it_is_subtracted() -> None:
    with pytest.raises(InputError, match="observed-minus-expected needs the numbers expected"):
        of_kind("rare-events", {"design.estimator": "observed-minus-expected"})


def test_a_column_that_is_lacking_is_asked_for_as_a_column() -> None:
    """`treated` is a value of an arm elsewhere; here it is a column."""
    with pytest.raises(InputError, match="name of a column that holds 1 for treated units and 0 for the others"):
        of_kind("difference-in-differences", {"design.treated": None})
