"""How sharp the registered estimate of every kind of design is, as a function of how far the pilot reaches.

One line a kind. A new kind of design is a line here, else a law fails: nobody could say how large it must be.
"""

from collections.abc import Callable
from typing import Final

from clew.pilot.assumptions import Assumed
from clew.pilot.extent import Extent, Precision
from clew.pilot.precision_clusters import stepped_wedge, two_arms
from clew.pilot.precision_discontinuity import discontinuity
from clew.pilot.precision_panel import rollout, staggered, two_by_two
from clew.pilot.precision_placebo import synthetic_control, synthetic_did
from clew.pilot.precision_series import interrupted
from clew.pilot.protocol import Design

PRECISION: Final[dict[str, Callable[[Design, Assumed, Extent], Precision]]] = {
    "randomised": two_arms,
    "cluster-randomised": two_arms,
    "encouragement": two_arms,
    "rare-events": two_arms,
    "stepped-wedge": stepped_wedge,
    "random-rollout": rollout,
    "difference-in-differences": two_by_two,
    "staggered-difference-in-differences": staggered,
    "regression-discontinuity": discontinuity,
    "synthetic-control": synthetic_control,
    "synthetic-difference-in-differences": synthetic_did,
    "interrupted-time-series": interrupted,
}

DEALT: Final = ("randomised", "cluster-randomised", "encouragement")
"""Kinds that compare two arms once, whose degrees of freedom are those of a t test."""

SIDES_HAVE_SHARES: Final = (*DEALT, "rare-events", "difference-in-differences")
"""Kinds in which the treated share of the units says how the estimate's variance comes from both sides."""
