"""Plain two-way fixed effects, which stand beside other estimates as a warning and are never one themselves.

Where starts differ and effects change with time, units treated earlier serve as comparison for those treated later, and
some effects count negatively.

Source: Goodman-Bacon (2021), Difference-in-differences with variation in treatment timing, J. Econometrics 225(2); de
Chaisemartin & D'Haultfoeuille (2020), Two-way fixed effects estimators with heterogeneous treatment effects, AER
110(9).
"""

from dataclasses import dataclass

import numpy as np

from clew.errors import InputError
from clew.evaluate.panel import Panel
from clew.evaluate.rows import Floats, numbered, summed


@dataclass(frozen=True, slots=True)
class TwoWay:
    """The coefficient of being treated, in the outcome's units, with its standard error by cluster.

    `df`: clusters less one. `negative`: the share of treated unit-periods that count negatively.
    """

    estimate: float
    std_error: float
    df: float
    negative: float


def two_way(panel: Panel) -> TwoWay:
    """Regress the outcome on being treated, units and periods, by weighted least squares over unit-periods.

    The standard error is CR1; units' own effects, which lie within clusters, do not count as parameters.

    Raises: InputError where treatment does not vary within units and periods, or there is one cluster.
    """
    weight = np.asarray(np.where(panel.n > 0, panel.weight, 0.0))
    outcome = np.where(panel.n > 0, panel.outcome, 0.0)
    treated = _within(np.asarray(panel.treated, dtype=np.float64), weight)
    strength = float(np.sum(weight * treated**2))
    _, cluster = numbered(panel.cluster)
    clusters = int(cluster.max()) + 1
    if strength <= 1e-12 * weight.sum() or clusters < 2:
        raise InputError("two-way fixed effects need treatment that varies within units and periods.")
    estimate = float(np.sum(weight * treated * outcome)) / strength
    residual = _within(outcome - estimate * panel.treated, weight)
    score = summed(np.sum(weight * treated * residual, axis=1), cluster, clusters)
    rows, parameters = int((panel.n > 0).sum()), len(panel.periods) + 1
    factor = clusters / (clusters - 1) * (rows - 1) / (rows - parameters)
    counted = treated[panel.treated & (panel.n > 0)]
    std_error = float(np.sqrt(factor * np.sum(score**2)) / strength)
    return TwoWay(estimate, std_error, clusters - 1.0, float(np.mean(counted < 0)))


def _within(values: Floats, weight: Floats) -> Floats:
    """Take unit and period effects off values (U, T), by weights (U, T)."""
    of_unit, of_period = weight.sum(axis=1), weight.sum(axis=0)
    mean = np.sum(weight * values, axis=1) / of_unit
    share = weight / of_unit[:, None]
    normal = np.diag(of_period) - weight.T @ share
    period = np.linalg.lstsq(normal, np.sum(weight * (values - mean[:, None]), axis=0), rcond=None)[0]
    return np.asarray(values - mean[:, None] - period + (share @ period)[:, None])
