"""Clew's mixtures of groups beside scikit-learn's, which runs in a process and an environment of its own."""

import json
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from clew.deliberate.mixture import find_mixture

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venv-oracles" / "bin" / "python"

pytestmark = pytest.mark.skipif(not PYTHON.exists(), reason="NOT TESTED: .venv-oracles is absent; run `make oracles`")


def elsewhere(place: np.ndarray, groups: int) -> dict[str, Any]:
    command = [str(PYTHON), str(Path(__file__).with_name("other_mixture.py"))]
    given = json.dumps({"place": place.tolist(), "groups": groups})
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout))


@pytest.mark.parametrize(
    ("sizes", "centres"),
    [((120, 60), [[0, 0], [3, 1]]), ((90, 50, 15), [[0, 0], [3, 1], [0, 4]]), ((40, 40), [[0, 0, 0], [2, 2, 1]])],
)
def test_the_likelihood_is_that_of_scikit_learn(sizes: tuple[int, ...], centres: list[list[float]]) -> None:
    """Mean log-likelihood a person above one group, within 1e-3; where both rest and the ridge are in it."""
    rng = np.random.default_rng(len(sizes))
    place = np.repeat(np.array(centres, float), sizes, axis=0) + rng.normal(0, 0.7, (sum(sizes), len(centres[0])))
    found = find_mixture(place, len(sizes), np.random.default_rng(0))
    other = elsewhere(place, len(sizes))
    assert found.gain == pytest.approx(other["gain"], abs=1e-3)
    assert found.share == pytest.approx(np.array(other["share"]), abs=0.01)
