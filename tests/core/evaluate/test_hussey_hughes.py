"""The mixed model of a stepped wedge against dense matrices over rows."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from clew.evaluate.cluster_periods import ClusterPeriods
from clew.evaluate.hussey_hughes import Cells, MixedModel, by_exposure, hussey_hughes

START = np.array([1, 1, 2, 3, 4])
Rows = dict[str, NDArray[Any]]


def rows(seed: int, between: float = 0.7) -> Rows:
    """Five clusters in four periods, one never treated; one cluster has nobody in the first period."""
    rng = np.random.default_rng(seed)
    n = rng.integers(2, 6, (5, 4))
    n[2, 0] = 0
    cluster, period = (np.repeat(which.ravel(), n.ravel()) for which in np.indices((5, 4)))
    since = np.maximum(period - START[cluster] + 1, 0)
    y = 1e3 + 0.5 * since + rng.normal(0, between, 5)[cluster] + rng.normal(0, 1, len(cluster))
    return {"y": y, "cluster": cluster, "period": period, "since": since}


def cells(data: Rows) -> Cells:
    place = data["cluster"] * 4 + data["period"]
    size = np.bincount(place, minlength=20).astype(float)
    with np.errstate(invalid="ignore"):
        mean = np.bincount(place, data["y"], minlength=20) / size
    within = float(np.sum((data["y"] - mean[place]) ** 2))
    return Cells(ClusterPeriods(mean.reshape(5, 4), START), size.reshape(5, 4), len(place), within)


def design(data: Rows, by_time: bool) -> NDArray[Any]:
    since = data["since"][:, None]
    return np.hstack([since == [1, 2, 3] if by_time else since > 0, data["period"][:, None] == np.arange(4)]) * 1.0


def dense(data: Rows, x: NDArray[Any], ratio: float) -> tuple[float, NDArray[Any]]:
    """−2 × the restricted log-likelihood, up to a constant, and the coefficients, from the matrix over all rows."""
    alike = data["cluster"][:, None] == data["cluster"]
    inverse = np.linalg.inv(np.eye(len(x)) + ratio * alike)
    normal = x.T @ inverse @ x
    coefficients = np.linalg.solve(normal, x.T @ inverse @ data["y"])
    left = data["y"] - x @ coefficients
    logs = np.linalg.slogdet(normal)[1] - np.linalg.slogdet(inverse)[1]
    return float((len(x) - x.shape[1]) * np.log(left @ inverse @ left) + logs), coefficients


@pytest.mark.parametrize("by_time", [False, True])
@pytest.mark.parametrize(("seed", "between"), [(1, 0.7), (2, 2.0), (3, 0.0)])
def test_it_is_the_most_likely_fit(seed: int, between: float, by_time: bool) -> None:
    data = rows(seed, between)
    found = fitted(data, by_time)
    x = design(data, by_time)
    ratio = found.icc / (1 - found.icc)
    likeliest, coefficients = dense(data, x, ratio)
    others = [dense(data, x, other)[0] for other in (*np.linspace(0, 10, 300), ratio * 1.02, ratio * 0.98)]
    assert likeliest <= min(others) + 1e-9
    assert found.effects == pytest.approx(coefficients[: len(found.effects)], rel=1e-6)


def fitted(data: Rows, by_time: bool) -> MixedModel:
    found = (by_exposure if by_time else hussey_hughes)(cells(data))
    assert found is not None
    return found


def test_errors_are_cr2_of_the_dense_model() -> None:
    """Bell and McCaffrey's by their definition, with the model's own V: Pustejovsky & Tipton (2018), eqs. 6 and 11."""
    data = rows(4)
    found, x = fitted(data, True), design(data, True)
    ratio, cluster = found.icc / (1 - found.icc), data["cluster"]
    values, turn = np.linalg.eigh(np.eye(len(x)) + ratio * (cluster[:, None] == cluster))
    root = turn / np.sqrt(values) @ turn.T
    white, y = root @ x, root @ data["y"]
    bread = np.linalg.inv(white.T @ white)
    left = np.eye(len(x)) - white @ bread @ white.T
    target = bread @ np.array([1 / 3] * 3 + [0] * 4)
    square, shadow = 0.0, []
    for g in range(5):
        own = cluster == g
        gap, axes = np.linalg.eigh(left[np.ix_(own, own)])
        along = axes @ (np.where(gap > 1e-9, gap, np.inf) ** -0.5 * (axes.T @ (white[own] @ target)))
        square += (along @ (left @ y)[own]) ** 2
        shadow.append(left[:, own] @ along)
    gram = np.array(shadow) @ np.array(shadow).T
    effect, error, df = found.effect(np.full(3, 1 / 3))
    assert effect == pytest.approx(found.effects.mean())
    assert error == pytest.approx(np.sqrt(square), rel=1e-6)
    assert df == pytest.approx(np.trace(gram) ** 2 / np.sum(gram**2), rel=1e-6)


def test_a_constant_effect_is_found_at_every_exposure() -> None:
    data = rows(5)
    treated = np.minimum(data["since"], 1)
    exact = data | {"y": 2.0 * treated + 0.3 * data["period"] + np.array([0, 5, 1, 2, 3])[data["cluster"]]}
    assert fitted(exact, False).effects == pytest.approx([2.0], abs=1e-4)
    found = fitted(exact, True)
    assert found.exposure.tolist() == [1, 2, 3]
    assert found.effects == pytest.approx([2.0] * 3, abs=1e-4)


def test_what_cannot_be_told_apart_is_not_fitted() -> None:
    """All start at once: treatment is the later periods."""
    data = cells(rows(6))
    at_once = replace(data, found=ClusterPeriods(data.found.mean, np.full(5, 2)))
    assert hussey_hughes(at_once) is None
