"""Further outcomes: what else changed, by the registered method, told beside the effect that decides.

Several outcomes are several chances to find something, so each p-value is also told adjusted for their number.

Sources: Holm (1979), "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics
6(2); outcomes named beforehand and told all together: CONSORT 2010, items 6a and 17a.
"""

from collections.abc import Sequence
from dataclasses import replace
from math import isinf
from typing import Final

from clew.errors import InputError
from clew.evaluate.designs import method_of
from clew.evaluate.estimate import RawEstimate
from clew.evaluate.finding import LookAt, SecondaryOutcome
from clew.evaluate.looks import two_sided
from clew.evaluate.rows import Rows
from clew.pilot.protocol import Outcome, Protocol

NOMINAL_P: Final = 0.05
"""The intervals are at 95% at every look, for the looks are paid for the outcome that decides."""


def secondary_outcomes(protocol: Protocol, rows: Rows, at: LookAt) -> tuple[SecondaryOutcome, ...]:
    """Return every further outcome that the protocol names, in its order; none of them enters a verdict.

    Each is estimated from the rows that have it. Where the data cannot carry one, the reason stands in its place.
    """
    found = [_one(protocol, outcome, rows, at) for outcome in protocol.secondary]
    adjusted = holm([1.0 if one.p_value is None else one.p_value for one in found])
    return tuple(
        one if one.p_value is None else replace(one, p_holm=p_holm) for one, p_holm in zip(found, adjusted, strict=True)
    )


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Return p-values adjusted for their number: no larger than α where the step-down procedure rejects at level α.

    The smallest is multiplied by how many there are, the next by one less, and so on; none falls below the one before
    it, none exceeds 1. The chance of any false rejection is then at most α, however the tests depend on each other.

    Source: Holm (1979), Scandinavian Journal of Statistics 6(2).

    >>> holm([0.01, 0.04, 0.03])
    (0.03, 0.06, 0.06)
    """
    adjusted, largest = [0.0] * len(p_values), 0.0
    for rank, place in enumerate(sorted(range(len(p_values)), key=lambda place: p_values[place])):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[place]))
        adjusted[place] = largest
    return tuple(adjusted)


def _one(protocol: Protocol, outcome: Outcome, rows: Rows, at: LookAt) -> SecondaryOutcome:
    about, method = protocol.about(outcome), method_of(protocol)
    told = SecondaryOutcome(
        column=outcome.column,
        name=outcome.name or outcome.column,
        better=outcome.better,
        worth_having=outcome.worth_having or None,
    )
    try:
        tally = rows.tally(method.layout(about))
        if not tally.n.any():
            return replace(told, refused="It cannot be estimated: no row has it.")
        method.check(about, tally)
        raw = method.estimate(about, rows, ())
    except InputError as error:
        return replace(told, refused=f"It cannot be estimated: {_without_names(error)}")
    return _estimated(told, raw, at)


def _without_names(error: InputError) -> str:
    """Return what is wrong, without the list of units where: the sentence is published."""
    what, _, names = error.problems[0].what.partition(': "')
    return f"{what}." if names else what


def _estimated(told: SecondaryOutcome, raw: RawEstimate, at: LookAt) -> SecondaryOutcome:
    return replace(
        told,
        estimate=raw.estimate,
        std_error=raw.std_error,
        df=None if isinf(raw.df) else raw.df,
        interval=raw.interval(replace(at, nominal_p=NOMINAL_P)),
        p_value=two_sided(raw.estimate / raw.std_error, raw.df) if raw.p_value is None else raw.p_value,
        n=raw.n,
    )
