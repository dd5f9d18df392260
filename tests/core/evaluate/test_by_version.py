"""The effect of each version of an adapted pilot: those of its time against each other, small ones hidden."""

from dataclasses import replace

import numpy as np
import pytest

from clew.evaluate.analyse import analyse
from clew.evaluate.arrays import ArrayRows
from trials import a_trial, registered, units


def adapted() -> dict[str, np.ndarray]:
    trial = a_trial(n=400)
    version = np.repeat([1, 2], 200)[np.random.default_rng(2).permutation(400)]
    return trial | {"version": version, "y": trial["y"] + 3.0 * (version == 2) * trial["arm"]}


def test_each_version_is_compared_with_its_own_time() -> None:
    protocol = replace(registered(**units()), version_column="version")
    trial = adapted()
    found = {one.name: one for one in analyse(protocol, ArrayRows(trial)).further}
    for label, version in (('version "1"', 1), ('version "2"', 2)):
        here = trial["version"] == version
        treated, rest = (trial["y"][here & (trial["arm"] == arm)] for arm in (1, 0))
        assert found[label].estimate == pytest.approx(treated.mean() - rest.mean())
        error = np.sqrt(treated.var(ddof=1) / len(treated) + rest.var(ddof=1) / len(rest))
        assert found[label].std_error == pytest.approx(error)
        assert found[label].kind == "group"


def test_small_versions_are_hidden_and_lonely_ones_said() -> None:
    protocol, trial = replace(registered(**units()), version_column="version"), adapted()
    trial["version"][:12] = 3
    trial["version"][trial["arm"] == 0] = 1
    found = {one.name: one for one in analyse(protocol, ArrayRows(trial)).further}
    assert found['version "2"'].estimate is None
    assert found['version "2"'].why == "Nobody was compared in its time, or nobody treated."


def test_nobody_is_split_where_the_protocol_names_no_column() -> None:
    assert analyse(registered(**units()), ArrayRows(adapted())).further == ()
