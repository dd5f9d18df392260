"""What several looks cost in size: the chance of crossing O'Brien–Fleming-type boundaries under an effect.

Sources: Lan & DeMets (1983), Biometrika 70 (spending 2 − 2Φ(z / √t) a side); Armitage, McPherson & Rowe (1969),
J. R. Statist. Soc. A 132 (the recursion); Jennison & Turnbull (2000), "Group Sequential Methods", chs. 7 and 19.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import scipy
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri, roots_legendre

FURTHEST: Final = 8.0
"""No boundary lies further out, in standard errors."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a share of the information (0 to 1), its boundary |z|, and the paths that have come so far.

    `points`, `mass`: where the score of no effect stood at the look before (information `since`), and how likely each
    is.
    """

    share: float
    since: float
    boundary: float
    points: Floats
    mass: Floats

    def beyond(self, drift: float) -> float:
        """Return the chance of crossing the upper boundary at this look, not before, under a drift.

        `drift`: expected z at full information. Its likelihood ratio turns the paths of no effect into its own.
        """
        step = np.sqrt(self.share - self.since)
        tilted = self.mass * np.exp(drift * self.points - drift**2 * self.since / 2)
        ahead = self.points + drift * (self.share - self.since) - self.boundary * np.sqrt(self.share)
        return float(tilted @ ndtr(ahead / step))


def looks(alpha: float, count: int) -> tuple[Look, ...]:
    """Return `count` equally spaced looks that spend a two-sided `alpha` between them.

    >>> [round(look.boundary, 3) for look in looks(0.05, 2)]
    [2.963, 1.969]
    """
    return looks_at(alpha, tuple(number / count for number in range(1, count + 1)))


@lru_cache(maxsize=1024)
def looks_at(alpha: float, shares: tuple[float, ...]) -> tuple[Look, ...]:
    """Return the looks taken at these shares of the information, strictly increasing, at most 1.

    A look at the whole information spends what is left of the two-sided `alpha`; one look there has the usual critical
    value.

    >>> [round(look.boundary, 3) for look in looks_at(0.05, (0.5, 0.75, 1.0))]
    [2.963, 2.359, 2.014]
    """
    return tuple(_each(alpha, shares))


def spent(alpha: float, share: float) -> float:
    """Return the error that either side may have used up at this share of the information: α₁* of Lan & DeMets."""
    return 2 * float(ndtr(ndtri(alpha / 4) / np.sqrt(share)))


def _each(alpha: float, shares: tuple[float, ...]) -> Iterator[Look]:
    points, mass, since, used = np.zeros(1), np.ones(1), 0.0, 0.0
    for share in shares:
        due = spent(alpha, share)
        look = _look(share, since, points, mass, due=due - used)
        yield look
        points, mass = _continued(look)
        since, used = share, due


def _look(share: float, since: float, points: Floats, mass: Floats, *, due: float) -> Look:
    def _excess(boundary: float) -> float:
        return Look(share, since, boundary, points, mass).beyond(0.0) - due

    boundary = FURTHEST if _excess(FURTHEST) >= 0 else float(scipy.optimize.brentq(_excess, 0.0, FURTHEST, xtol=1e-12))
    return Look(share, since, boundary, points, mass)


@lru_cache(maxsize=1)
def _nodes() -> tuple[Floats, Floats]:
    """Nodes and weights of Gauss–Legendre quadrature on −1 to 1: (160,) each."""
    return roots_legendre(160)


def _continued(look: Look) -> tuple[Floats, Floats]:
    step, limit = np.sqrt(look.share - look.since), look.boundary * np.sqrt(look.share)
    places, weights = _nodes()
    points = limit * places
    kernel = np.exp(-0.5 * ((points[:, None] - look.points) / step) ** 2) / (step * np.sqrt(2 * np.pi))
    return points, limit * weights * (kernel @ look.mass)


def chance(drift: float, alpha: float, planned: int, paid: int) -> float:
    """Return the chance that the upper boundary is crossed by the last planned look, of `paid` looks in all.

    `drift`: expected z of a single test at the last planned look.
    """
    at_full = drift / np.sqrt(planned / paid)
    return sum(look.beyond(at_full) for look in looks(alpha, paid)[:planned])


def drift_needed(alpha: float, power: float, planned: int, paid: int) -> float:
    """Return the expected z at the last planned look that gives this power by then."""
    furthest = 2 * FURTHEST + float(ndtri(power))
    found = scipy.optimize.brentq(lambda drift: chance(drift, alpha, planned, paid) - power, 0.0, furthest, xtol=1e-10)
    return float(found)


def inflation(alpha: float, power: float, planned: int, paid: int) -> float:
    """Return by what factor the looks multiply the size of a single test of the same `alpha` and power.

    It grows with the looks, and more so with extensions: an extension that is allowed must be paid for beforehand.
    """
    single = float(ndtri(1 - alpha / 2) + ndtri(power))
    return (drift_needed(alpha, power, planned, paid) / single) ** 2
