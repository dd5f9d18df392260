"""Where people stand: axes in the order in which they tell people apart, and who has voted enough to be placed."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from clew.deliberate.factors import SIDE, Factors, Floats

DRAWN = 2
"""Axes that a map shows."""

WIDE_ENOUGH = 0.15
"""A further axis tells groups apart when at least this share of the spread of people lies along it."""

KNOWN_ENOUGH = 0.5
"""A participant is placed when at least this share of what tells people apart is known of him or her."""


@dataclass(frozen=True, slots=True, eq=False)
class Positions:
    """Places on the map, in units of log-odds: how far two people differ on a typical statement.

    place (P × d), covariance (P × d × d), known (P): the share of the spread that a participant's votes leave no doubt
    of, 0–1. placed (P): who has voted enough. pull (S × d): how an agree with a statement moves along each axis.
    """

    place: Floats
    covariance: Floats
    known: Floats
    placed: NDArray[np.bool_]
    pull: Floats

    @property
    def leading(self) -> int:
        """On how many axes groups are looked for: those of the map, and others along which people are spread widely.

        Along weak axes lies more doubt than difference, and groups found there change with every vote.
        """
        spread = self.place[self.placed].var(0) if self.placed.any() else np.zeros(self.place.shape[1])
        wide = spread >= WIDE_ENOUGH * max(float(spread.sum()), 1e-12)
        return int(max(wide.sum(), min(DRAWN, len(wide))))

    def of(self, people: NDArray[np.bool_]) -> "Positions":
        """Return where some of the people stand (P)."""
        place, covariance = self.place[people], self.covariance[people]
        return Positions(place, covariance, self.known[people], self.placed[people], self.pull)

    def turned(self, turn: Floats) -> "Positions":
        """Return the same places by other axes: an orthogonal d × d matrix."""
        return replace(self, place=self.place @ turn, covariance=turn.T @ self.covariance @ turn, pull=self.pull @ turn)


def positions_of(factors: Factors, axes: tuple[Floats, Floats] | None = None) -> Positions:
    """Return where everybody stands, by axes along which the statements tell people apart, the strongest first.

    axes: strength and turn, where they are known already.
    """
    strength, turn = axes or principal_axes(factors)
    turned = factors.rotated(turn)
    scale = np.sqrt(strength)
    own = turned.people.covariance[:, 2:, 2:]
    doubt = np.einsum("pii,i->p", own, strength)
    total = strength.sum()
    known = 1 - doubt / total if total > 0 else np.ones(len(own))
    return Positions(
        place=turned.people.positions * scale,
        covariance=own * scale[:, None] * scale,
        known=known,
        placed=known >= KNOWN_ENOUGH,
        pull=turned.items.mean[SIDE][:, 1:] / np.where(scale > 0, scale, 1),
    )


def principal_axes(factors: Factors) -> tuple[Floats, Floats]:
    """Return how strongly positions move votes along each axis (d), strongest first, and the turn (d × d) to them.

    Strength: the mean square of the loadings of agree against disagree. Each axis points to where the longer tail of
    people is.
    """
    mean, doubt = factors.items.mean[SIDE][:, 1:], factors.items.covariance[SIDE][:, 1:, 1:]
    strength, turn = np.linalg.eigh(mean.T @ mean / len(mean) + doubt.mean(0))
    strength, turn = np.maximum(strength[::-1], 0.0), turn[:, ::-1]
    tails = ((factors.people.positions @ turn) ** 3).sum(0)
    return strength, turn * np.where(tails < 0, -1.0, 1.0)


def aligned(positions: Positions, former: Floats, shared: NDArray[np.bool_]) -> Positions:
    """Return the same positions turned so that people stay where they stood on a former map, as far as they can.

    former (P × e): where they stood, in the first e axes; shared (P): who was on it. Distances do not change.
    Source: Schönemann, Psychometrika 31 (1966), the orthogonal Procrustes problem.
    """
    width = positions.place.shape[1]
    before = np.zeros((len(former), width))
    before[:, : min(width, former.shape[1])] = former[:, :width]
    here = positions.place[shared] - positions.place[shared].mean(0)
    there = before[shared] - before[shared].mean(0)
    left, _, right = np.linalg.svd(here.T @ there)
    return positions.turned(left @ right)
