"""Looking at the data more than once without fooling oneself: O'Brien–Fleming-type alpha spending.

Every look the protocol may ever take (planned ones and extensions) is paid for by one plan, so that the chance of a
false "it works" (or "it harms"), over all of them together, is `alpha`.

Sources: Lan & DeMets (1983), Biometrika 70; O'Brien & Fleming (1979), Biometrics 35; the recursion of Armitage,
McPherson & Rowe (1969), J. R. Statist. Soc. A 132; Jennison & Turnbull (2000), "Group Sequential Methods", chs. 7, 19.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri, stdtrit

from clew.errors import InputError
from clew.evaluate.finding import LookAt
from clew.pilot.protocol import Protocol

FURTHEST_BOUNDARY: Final = 8.0
"""No boundary lies further out, in standard errors (as in the ld98 program: Reboussin et al. 2000); p = 1.2e-15."""

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(200)

Density = NDArray[np.float64]


def looks_paid_for(protocol: Protocol) -> int:
    """Return how many looks the error rate pays for: those planned and every extension; one where method is
    "single"."""
    return 1 if protocol.looks.method == "single" else protocol.looks.planned + protocol.extend_times


def which_look(protocol: Protocol, look: int | None) -> int:
    """Return the look asked for, the last planned one where none is named.

    Raises: InputError where the protocol does not pay for that look.
    """
    paid = looks_paid_for(protocol)
    wanted = look if look is not None else min(protocol.looks.planned, paid)
    if not 1 <= wanted <= paid:
        raise InputError(
            f"look {wanted} is not one of the {paid} that the protocol pays for"
            f" ({protocol.looks.planned} planned, extensions allowed: {protocol.extend_times})",
            where="looks",
            do=f"Ask for a look from 1 to {paid}.",
        )
    return wanted


def look_at(protocol: Protocol, look: int, *, units: int, clusters: int | None, df: float | None) -> LookAt:
    """Return what must be reached at this look.

    `units`, `clusters`: how many the data hold now. `df`: degrees of freedom of the estimate's t, None for the normal.
    """
    share = information(protocol, look, units=units, clusters=clusters)
    z = spending_boundary(protocol.looks.alpha, schedule(share, look, looks_paid_for(protocol)))
    nominal = float(f"{2 * ndtr(-z):.12g}")  # exactly alpha where one look takes it all
    return LookAt(
        method=protocol.looks.method,
        look=look,
        of=protocol.looks.planned,
        extensions=protocol.extend_times,
        boundary=critical_value(nominal, df),
        boundary_z=z,
        nominal_p=nominal,
        information=share,
    )


def critical_value(nominal_p: float, df: float | None) -> float:
    """Return what |estimate / standard error| must reach for a two-sided `nominal_p`, on the t scale of `df`.

    Taking the p-value limit over to the t distribution keeps the error rate with few clusters: Jennison & Turnbull
    (2000), §3.8 and ch. 11 (significance-level approach).
    """
    return float(-ndtri(nominal_p / 2)) if df is None else float(-stdtrit(df, nominal_p / 2))


def information(protocol: Protocol, look: int, *, units: int, clusters: int | None) -> float:
    """Return the share of the plan's information that this look holds, above 0, at most 1.

    Looks are equally spaced. Where the protocol registers how many clusters and units it plans for its last planned
    look, data that lag behind count for what they are (the smaller of the two shares); data that run ahead do not
    spend error before its time. The last look that is paid for spends all that is left: its share is 1.
    """
    paid = looks_paid_for(protocol)
    if look == paid:
        return 1.0
    planned = protocol.size
    arrived = min(_arrived(units, planned.units), _arrived(clusters, planned.clusters))
    return min(look / paid, arrived * protocol.looks.planned / paid)


def _arrived(now: int | None, planned: int | None) -> float:
    """Return the share of what was planned that has arrived; 1 where nothing was planned or is counted."""
    return 1.0 if now is None or planned is None else min(1.0, max(now, 1) / planned)


def schedule(share: float, look: int, paid: int) -> tuple[float, ...]:
    """Return the information at looks 1 to `look`: the earlier ones equally spaced, none of them ahead of plan."""
    earlier = (min(j / paid, share * j / look) for j in range(1, look))
    return (*earlier, share)


def spent(alpha: float, share: float) -> float:
    """Return the two-sided error that may be used up at this share of the information (0 to 1).

    Each side spends 2 − 2Φ(z(1 − α/4) / √t): Lan & DeMets (1983), their α₁* with one-sided α/2.
    """
    return float(4 * ndtr(-_quarter(alpha) / np.sqrt(share)))


def _quarter(alpha: float) -> float:
    return float(-ndtri(alpha / 4))


def spending_boundary(alpha: float, shares: Sequence[float]) -> float:
    """Return the boundary of the last of these looks on the normal scale, two-sided.

    `shares`: information at each look so far, strictly increasing, at most 1. One look at full information gives the
    usual critical value, ``z(1 − α/2)``.
    """
    return spending_boundaries(alpha, tuple(shares))[-1]


@lru_cache(maxsize=1024)
def spending_boundaries(alpha: float, shares: tuple[float, ...]) -> tuple[float, ...]:
    """Return every look's boundary |z| on the normal scale.

    >>> [round(z, 3) for z in spending_boundaries(0.05, (0.5, 1.0))]
    [2.963, 1.969]
    """
    walk = _Walk(at=0.0, points=np.zeros(1), mass=np.ones(1))
    boundaries: list[float] = []
    used = 0.0
    for share in shares:
        due = spent(alpha, share)
        z = walk.boundary(share, due - used)
        boundaries.append(z)
        walk, used = walk.continued(share, z), due
    return tuple(boundaries)


@dataclass(frozen=True, slots=True)
class _Walk:
    """The score process (Brownian motion of no effect) at information `at`, of the trials that have not yet stopped.

    `mass`: probability at each of `points`; it sums to the chance of having come this far.
    """

    at: float
    points: Density
    mass: Density

    def crossing(self, share: float, z: float) -> float:
        """Return the chance of going on until `share` and lying beyond ±z there."""
        step, limit = np.sqrt(share - self.at), z * np.sqrt(share)
        beyond = ndtr((self.points - limit) / step) + ndtr((-self.points - limit) / step)
        return float(self.mass @ beyond)

    def boundary(self, share: float, due: float) -> float:
        """Return the z beyond which exactly the error that is `due` lies."""
        if self.crossing(share, FURTHEST_BOUNDARY) >= due:
            return FURTHEST_BOUNDARY
        return float(brentq(lambda z: self.crossing(share, z) - due, 0.0, FURTHEST_BOUNDARY, xtol=1e-12))

    def continued(self, share: float, z: float) -> "_Walk":
        """Return the process at `share`, without what crossed ±z: one step of the recursion, by Gauss–Legendre."""
        step, limit = np.sqrt(share - self.at), z * np.sqrt(share)
        points = limit * _NODES
        kernel = np.exp(-0.5 * ((points[:, None] - self.points) / step) ** 2) / (step * np.sqrt(2 * np.pi))
        return _Walk(share, points, limit * _WEIGHTS * (kernel @ self.mass))
