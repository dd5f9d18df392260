"""Who works together: the share of cases with partners outside government, and with partners within it.

Source of the values to read them beside: Borins (2014), "The Persistence of Innovation in Government": applications to
the Innovations in American Government Awards, 1990–94 against 2010. They are award applicants, not a target.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from clew.case.phases import OUTSIDE_GOVERNMENT, WITHIN_GOVERNMENT

SOURCE = 'Borins (2014), "The Persistence of Innovation in Government", Brookings'
CAVEAT = "award applicants, not a target"


@dataclass(frozen=True, slots=True)
class Literature:
    """A share that was found elsewhere, in the early 1990s and in 2010."""

    early: Fraction
    late: Fraction


EXTERNAL = Literature(early=Fraction(28, 100), late=Fraction(65, 100))
INTRA_GOVERNMENTAL = Literature(early=Fraction(21, 100), late=Fraction(58, 100))


@dataclass(frozen=True, slots=True)
class Collaboration:
    """Of `cases`, how many have a partner outside government (`external`), and how many one within it (`intra`)."""

    cases: int
    external: int
    intra: int

    @property
    def share_external(self) -> Fraction | None:
        """Share of cases with a partner outside government; None without a case."""
        return Fraction(self.external, self.cases) if self.cases else None

    @property
    def share_intra(self) -> Fraction | None:
        """Share of cases with a partner within government; None without a case."""
        return Fraction(self.intra, self.cases) if self.cases else None


def collaboration(kinds_of_cases: Iterable[Iterable[str]]) -> Collaboration:
    """Return the two counts over cases, each given by the kinds of its partners.

    >>> collaboration([["firm", "university"], ["another public body"], []])
    Collaboration(cases=3, external=1, intra=1)
    """
    cases = [set(kinds) for kinds in kinds_of_cases]
    external = sum(not kinds.isdisjoint(OUTSIDE_GOVERNMENT) for kinds in cases)
    intra = sum(not kinds.isdisjoint(WITHIN_GOVERNMENT) for kinds in cases)
    return Collaboration(len(cases), external, intra)
