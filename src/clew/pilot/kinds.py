"""Every kind of design, as data: which keys of [design] it needs and takes, which estimators and errors it offers."""

from dataclasses import dataclass

EVERY = ("kind", "estimator", "standard_errors", "seed")
"""Keys of [design] that every kind takes."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a kind of design needs, takes besides and offers; the first of `estimators` and `standard_errors` is its
    default. `either`: pairs of keys of which exactly one must be given. `adjusts`: whether baseline columns may be
    adjusted for.
    """

    needs: tuple[str, ...]
    takes: tuple[str, ...]
    estimators: tuple[str, ...]
    standard_errors: tuple[str, ...]
    either: tuple[tuple[str, str], ...] = ()
    adjusts: bool = True

    @property
    def known(self) -> frozenset[str]:
        """Every key that this kind may have."""
        return frozenset((*EVERY, *self.needs, *self.takes, *(key for pair in self.either for key in pair)))


UNIT_ERRORS = ("hc2", "hc1", "classical", "cr2", "cr1")
ARMS = ("treated", "other_arms", "block", "pair", "unit", "fixed_effects", "weights")
PANEL = ("unit", "period")

KINDS = {
    "randomised": Kind(
        needs=("arm", "comparison"),
        takes=("cluster", *ARMS),
        estimators=("lin", "difference", "block-weighted", "matched-pairs"),
        standard_errors=(*UNIT_ERRORS, "pairs"),
    ),
    "cluster-randomised": Kind(
        needs=("arm", "comparison", "cluster"),
        takes=ARMS,
        estimators=("difference", "lin", "matched-pairs"),
        standard_errors=("cr2", "cr1", "pairs"),
    ),
    "stepped-wedge": Kind(
        needs=("cluster", "period", "treated_from"),
        takes=("from", "block", "weights"),
        estimators=("cluster-period-means",),
        standard_errors=("permutation",),
    ),
    "random-rollout": Kind(
        needs=(*PANEL, "treated_from"),
        takes=("estimand", "from", "weights"),
        estimators=("roth-santanna",),
        standard_errors=("neyman",),
        adjusts=False,
    ),
    "difference-in-differences": Kind(
        needs=(*PANEL, "treated", "from"),
        takes=("cluster", "weights"),
        estimators=("two-by-two",),
        standard_errors=("cr2", "cr1", "hc2", "hc1", "classical"),
    ),
    "staggered-difference-in-differences": Kind(
        needs=(*PANEL, "treated_from"),
        takes=("cluster", "against", "aggregate", "weights"),
        estimators=("callaway-santanna",),
        standard_errors=("influence",),
    ),
    "regression-discontinuity": Kind(
        needs=("running", "cutoff", "treated_side"),
        takes=("received", "bandwidth", "donut", "cluster"),
        estimators=("local-linear",),
        standard_errors=("robust-bias-corrected", "hc2", "hc1", "classical"),
    ),
    "synthetic-control": Kind(
        needs=(*PANEL, "treated_unit", "from"),
        takes=("weights",),
        estimators=("simplex-weights",),
        standard_errors=("placebo",),
        adjusts=False,
    ),
    "synthetic-difference-in-differences": Kind(
        needs=(*PANEL, "treated_unit", "from"),
        takes=("weights",),
        estimators=("synthetic-difference-in-differences",),
        standard_errors=("placebo",),
        adjusts=False,
    ),
    "interrupted-time-series": Kind(
        needs=("period", "from"),
        takes=("season", "control", "impact_model", "weights"),
        estimators=("segmented", "structural"),
        standard_errors=("hac",),
    ),
    "encouragement": Kind(
        needs=("arm", "comparison", "received"),
        takes=("cluster", *ARMS),
        estimators=("intention-to-treat", "two-stage-least-squares"),
        standard_errors=UNIT_ERRORS,
    ),
    "rare-events": Kind(
        needs=(),
        takes=("comparison", "treated", "unit", "period"),
        estimators=("exact-poisson", "observed-minus-expected"),
        standard_errors=("exact",),
        either=(("arm", "from"), ("exposure", "expected")),
        adjusts=False,
    ),
}

OF_ARMS = ("randomised", "cluster-randomised", "encouragement")
"""Kinds in which every unit (or cluster) is dealt to one arm for good."""
