"""The looks that are still to come, with the limits that they are expected to have."""

from collections.abc import Iterator

from scipy.special import ndtr

from clew.evaluate.looks import critical_value
from clew.pilot.protocol import Protocol
from clew.pilot.spending import looks_at
from clew.pilot.trial import looks_paid_for
from clew.report.plots import LookPoint

ARMS = 2
GOES_ON = frozenset({"not yet", "extend"})


def outstanding(protocol: Protocol, *, taken: int = 0, verdict: str | None = None) -> tuple[LookPoint, ...]:
    """Return the looks after the `taken` ones: the planned ones, and where the verdict is "extend" one more.

    Their limits hold if the data arrive as planned, in as many clusters as planned.
    """
    if verdict is not None and verdict not in GOES_ON:
        return ()
    last = min(taken + 1, looks_paid_for(protocol)) if verdict == "extend" else protocol.looks.planned
    return tuple(
        LookPoint(look, None, limit, when="to come")
        for look, limit in enumerate(_limits(protocol), 1)
        if taken < look <= last
    )


def _limits(protocol: Protocol) -> Iterator[float]:
    paid, clusters = looks_paid_for(protocol), protocol.size.clusters
    df = float(clusters - ARMS) if protocol.design.deals_clusters and clusters and clusters > ARMS else None
    for look in looks_at(protocol.looks.alpha, tuple(number / paid for number in range(1, paid + 1))):
        yield critical_value(float(2 * ndtr(-look.boundary)), df)
