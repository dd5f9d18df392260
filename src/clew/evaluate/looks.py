"""Looking at the data more than once without fooling oneself: O'Brien–Fleming-type alpha spending.

Every look the protocol may ever take (planned ones and extensions) is paid for by one plan, so that the chance of a
false "it works" (or "it harms"), over all of them together, is `alpha`.

The boundaries themselves are `clew.pilot.spending`. Sources: Lan & DeMets (1983), Biometrika 70; O'Brien & Fleming
(1979), Biometrics 35; Jennison & Turnbull (2000), "Group Sequential Methods", chs. 3, 7 and 11.
"""

from math import isinf

from scipy.special import ndtr, ndtri, stdtr, stdtrit

from clew.errors import InputError
from clew.evaluate.finding import LookAt
from clew.pilot.protocol import Protocol
from clew.pilot.spending import looks_at
from clew.pilot.trial import looks_paid_for


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
    z = looks_at(protocol.looks.alpha, schedule(share, look, looks_paid_for(protocol)))[-1].boundary
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
    return float(-ndtri(nominal_p / 2)) if df is None or isinf(df) else float(-stdtrit(df, nominal_p / 2))


def two_sided(statistic: float, df: float | None) -> float:
    """Return the two-sided p-value of an estimate over its standard error, by t; by the normal where `df` is infinite
    or None."""
    distance = -abs(statistic)
    return float(2 * (ndtr(distance) if df is None or isinf(df) else stdtr(df, distance)))


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
