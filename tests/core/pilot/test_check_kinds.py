"""Every kind of design: a sound protocol is sound, what cannot come is refused, nothing makes the check fall over."""

import random
from typing import Any

import pytest

from clew.errors import InputError
from clew.pilot.check import check
from clew.pilot.kinds import KINDS
from clew.pilot.planned import planned_trial
from clew.pilot.size import size
from kinds_of_pilot import SAID_OF_KINDS, of_kind

NOT_PROBLEMS = ("weighed by", "passes for", "Add [size]", "only one", "only 4", "in parallel", "is weak here")


@pytest.mark.parametrize("kind", KINDS)
def test_the_sound_protocol_of_every_kind_is_sound(kind: str) -> None:
    answer = check(of_kind(kind))
    assert answer.ok, answer.problems
    assert not [one for one in answer.notices if "cannot be shown" in str(one)]


@pytest.mark.parametrize(("kind", "changed", "words"), SAID_OF_KINDS)
def test_what_must_be_said_of_a_kind_is_said(kind: str, changed: dict[str, Any], words: str) -> None:
    answer = check(of_kind(kind, changed))
    assert words in "\n".join(map(str, (*answer.problems, *answer.notices)))
    refused = not any(part in words for part in NOT_PROBLEMS)
    assert (words in "\n".join(map(str, answer.problems))) is refused


def test_what_is_just_enough_is_not_refused() -> None:
    """20 units can give p = 0.05; 3 clusters can be dealt to 3 starts in 6 ways, 6 in 90; eight points are enough."""
    assert check(of_kind("synthetic-control", {"size.units": 20})).ok
    assert check(of_kind("stepped-wedge", {"size.clusters": 6, "size.periods": 4})).ok
    assert check(of_kind("stepped-wedge", {"size.clusters": 3, "size.periods": 4, "design.block": "region"})).ok
    assert check(of_kind("interrupted-time-series", {"size.periods_before": 8, "size.periods": 16})).ok


@pytest.mark.parametrize("kind", KINDS)
def test_a_plan_without_sizes_says_so_and_nothing_else(kind: str) -> None:
    bare = of_kind(kind, {f"size.{key}": None for key in ("units", "clusters", "periods", "periods_before")})
    answer = check(bare)
    assert answer.ok
    assert planned_trial(bare) is None
    assert "no size is planned" in "\n".join(map(str, answer.notices))


CHOICES: dict[str, tuple[Any, ...]] = {
    "size.units": (None, 2, 3, 40, 700),
    "size.clusters": (None, 2, 3, 17),
    "size.periods": (None, 1, 2, 9, 30),
    "size.periods_before": (None, 1, 2, 8, 30),
    "size.icc": (None, 0.0, 0.3, 1.0),
    "size.serial_correlation": (None, -0.9, 0.0, 0.95),
    "size.received_share": (None, 0.01, 1.0),
    "size.treated_share": (0.01, 0.5, 0.99),
    "size.baseline": (None, 0.0, 0.4, 1.0),
    "outcome.measure": ("mean", "proportion", "count"),
    "outcome.worth_having": (0.02, 0.4),
    "outcome.better": ("higher", "lower"),
}
ROUNDS = 6


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_makes_the_check_fall_over(kind: str) -> None:
    """Whatever is planned, check answers; size answers or says by name what is impossible."""
    chosen = random.Random(kind)
    offered = [one for one in KINDS[kind].estimators if one not in {"block-weighted", "matched-pairs"}]
    for _ in range(ROUNDS):
        changed = {key: chosen.choice(values) for key, values in CHOICES.items()}
        estimator = chosen.choice(offered)
        over = {"design.exposure": None, "design.expected": "expected"} if "expected" in estimator else {}
        protocol = of_kind(kind, {**changed, **over, "design.estimator": estimator})
        assert all(one.what and one.do for one in (*check(protocol).problems, *check(protocol).notices))
        try:
            found = size(protocol)
        except InputError as error:
            if "is impossible" not in str(error):
                raise
            continue
        assert found.sentences
        assert all("None" not in one and "nan" not in one for one in found.sentences), (changed, found.sentences)
        assert found.planned is None or 0 <= found.planned.power <= 1
