"""What is compared with what, in plain sentences, for every kind of design."""

from collections.abc import Callable, Iterator

from clew.pilot.protocol import Design, Protocol
from clew.report.figures import many, spoken

ERRORS = {
    "classical": "classical standard errors, equal spread assumed",
    "hc1": "standard errors that allow unequal spread (HC1)",
    "hc2": "standard errors that allow unequal spread (HC2)",
    "cr1": "standard errors by {cluster} (CR1)",
    "cr2": "standard errors by {cluster}, corrected for few of them (CR2, Satterthwaite)",
    "pairs": "its uncertainty by how far the pairs differ from each other",
    "permutation": "its uncertainty by dealing the start dates anew",
    "neyman": "its standard error by the chance of the lot (Neyman)",
    "influence": "standard errors by {cluster} from influence functions",
    "robust-bias-corrected": "its interval corrected for the curve that a line leaves out (robust bias correction)",
    "placebo": "its uncertainty by doing the same to every place that was not treated (placebos)",
    "hac": "standard errors that allow one period to resemble the next (Newey–West)",
    "exact": "its interval exact for counts (Poisson)",
}
MODELLED = "its standard error by the model itself"
ESTIMATORS = {
    "difference": "the plain difference of the two averages",
    "lin": "the difference of the two averages, adjusted for what differed beforehand (Lin)",
    "block-weighted": "the difference within each block, averaged by the size of the blocks",
    "matched-pairs": "the difference within each pair, averaged by the size of the pairs (Imai, King and Nall)",
    "cluster-period-means": "treated against untreated averages within each period, brought together over periods",
    "roth-santanna": "averages by start date, adjusted for what differed beforehand (Roth and Sant’Anna)",
    "two-by-two": "the change of the treated less the change of the untreated",
    "callaway-santanna": "the change since each start less that of units not treated, brought together (Callaway and"
    " Sant’Anna)",
    "local-linear": "the jump between two lines fitted close to the cut-off",
    "simplex-weights": "the gap to a weighted average of untreated places that went the same way before",
    "synthetic-difference-in-differences": "the change less that of weighted untreated places over weighted periods",
    "segmented": "what came after less what the course before would have led to",
    "structural": "what came after less what a structural model of the series expects",
    "intention-to-treat": "the difference between those who were offered it and those who were not, whoever took it up",
    "two-stage-least-squares": "the effect on those whom the offer moved to take it up",
    "exact-poisson": "the difference of two rates of counted events",
    "observed-minus-expected": "the events that were counted less those that were to be expected",
}
AVERAGES = {
    "regression-discontinuity": ("at the cut-off on the treated side", "at the cut-off on the other side"),
    "synthetic-control": ("in the treated place after the start", "in its synthetic twin"),
    "synthetic-difference-in-differences": ("in the treated place after the start", "as expected without the pilot"),
    "interrupted-time-series": ("after the start", "as the course before would have led to"),
    "difference-in-differences": ("among the treated after the start", "as expected without the pilot"),
    "staggered-difference-in-differences": ("among the treated after their start", "as expected without the pilot"),
    "random-rollout": ("among units already treated", "as expected without the pilot"),
    "stepped-wedge": ("in treated periods", "in untreated ones"),
}
"""Where the two averages beside an effect were found, where that is not where the units are."""


def sides(design: Design) -> tuple[str, str]:
    """Return where the units of the two sides are found, in words."""
    if design.before_and_after:
        return "after the start", "before it"
    return "in the pilot group", "in the comparison group"


def averages(design: Design) -> tuple[str, str]:
    """Return where the two averages beside an effect are found, in words."""
    if design.estimator == "observed-minus-expected":
        return "counted on the treated side", "to be expected there"
    return AVERAGES.get(design.kind, sides(design))


def comparison(protocol: Protocol) -> Iterator[str]:
    """Yield who is compared with whom, and how."""
    design = protocol.design
    yield COMPARED.get(design.kind, _arms)(design, many(protocol.population.unit))
    if protocol.population.kind == "feasibility":
        yield "A feasibility pilot: it asks whether this can be done, and can never end in “scale”."
    errors = MODELLED if design.estimator == "structural" else ERRORS[design.standard_errors]
    yield f"Effect: {ESTIMATORS[design.estimator]}; {errors.format(cluster=_cluster(design))}."
    if protocol.outcome.adjust_for:
        tested = ", and held against a jump of their own" if design.kind == "regression-discontinuity" else ""
        done = f"Adjusted for{tested}"
        yield f"{done}: {', '.join(spoken(column) for column in protocol.outcome.adjust_for)}."
    if design.block:
        yield f"Drawn within {'pairs' if design.paired else 'blocks'}: {spoken(design.block)}."


def _cluster(design: Design) -> str:
    return spoken(design.cluster or design.unit or "unit")


def _arms(design: Design, things: str) -> str:
    treated = f"“{design.treated}”" if design.treated else "the pilot group"
    against = f"“{design.comparison}”" if design.treated else f"the comparison group (“{design.comparison}”)"
    return f"{things[:1].upper()}{things[1:]} in {treated} against {things} in {against}, by the column “{design.arm}”."


def _wedge(design: Design, _: str) -> str:
    cluster = many(spoken(design.cluster or "cluster"))
    return (
        f"All {cluster} get it one after another, in an order dealt by chance (column “{design.treated_from}”): in each"
        f" {spoken(design.period)} those that have it against those that do not yet."
    )


def _rollout(design: Design, _: str) -> str:
    return (
        f"All get it, from a {spoken(design.period)} dealt by chance (column “{design.treated_from}”): those that have"
        " it against those that do not yet."
    )


def _two_by_two(design: Design, _: str) -> str:
    return (
        f"Those treated from {design.starts[0]} on (column “{design.treated}” is 1) against those that never are,"
        f" before and after."
    )


def _staggered(design: Design, _: str) -> str:
    against = "that never are" if design.against == "never" else "not treated yet"
    each = spoken(design.unit or "unit")
    return f"Each {each} from its own start (column “{design.treated_from}”) against those {against}."


def _discontinuity(design: Design, _: str) -> str:
    score, side = spoken(design.running), design.treated_side
    return (
        f"Those whose {score} is just {side} {design.cutoff:g}, who are treated, against those just on the other side."
    )


def _synthetic(design: Design, _: str) -> str:
    others = many(spoken(design.unit or "unit"))
    return f"“{design.treated_unit}” from {design.starts[0]} on against a mixture of {others} that were not treated."


def _series(design: Design, _: str) -> str:
    when = " and ".join(design.starts)
    control = f", beside the series “{design.control}”, which was not" if design.control else ""
    level = "; only its level may change, not its slope" if design.impact_model == "level" else ""
    return f"One series before and after {when}{control}{level}."


def _rare(design: Design, things: str) -> str:
    if design.arm:
        return _arms(design, things)
    return f"Events from {design.starts[0]} on against those before."


COMPARED: dict[str, Callable[[Design, str], str]] = {
    "stepped-wedge": _wedge,
    "random-rollout": _rollout,
    "difference-in-differences": _two_by_two,
    "staggered-difference-in-differences": _staggered,
    "regression-discontinuity": _discontinuity,
    "synthetic-control": _synthetic,
    "synthetic-difference-in-differences": _synthetic,
    "interrupted-time-series": _series,
    "rare-events": _rare,
}
