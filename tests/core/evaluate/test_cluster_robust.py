"""Errors by cluster that would take too much memory are refused, and what is too large is said."""

from typing import Any

import pytest

from clew.errors import InputError
from clew.evaluate import cluster_robust
from clew.evaluate.estimate import estimate
from trials import a_trial, in_memory, registered


@pytest.mark.parametrize(
    ("named", "adjust_for", "words"),
    [
        ({}, ("x", "t"), r"12 clusters with \d+ columns of the regression are too many for errors by cluster"),
        ({}, (), r"12 clusters with 1 columns of the regression are too many"),
        ({"fixed_effects": ("grade",)}, ("x",), r"12 clusters that cross up to \d+ blocks or fixed-effect values"),
    ],
)
def test_what_is_too_large_is_named(
    named: dict[str, Any], adjust_for: tuple[str, ...], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only fixed effects that are there are blamed."""
    protocol = registered(adjust_for=adjust_for, kind="randomised", estimator="difference", **named)
    rows = in_memory(a_trial())
    assert estimate(protocol, rows).std_error > 0
    monkeypatch.setattr(cluster_robust, "LARGEST", 12)
    with pytest.raises(InputError, match=words) as refused:
        estimate(protocol, rows)
    assert ("fixed" in str(refused.value)) is bool(named)
