"""Which of our figures answers a printed one, and how well."""

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from math import expm1

from clew.evaluate.finding import Finding
from evidence.replications.published import Published


def figure(finding: Finding, name: str) -> tuple[float, float | None]:
    """Return a figure of a finding by name, with its standard error where it has one.

    `effect`; `treated mean`, `comparison mean`; `lower`, `upper` (ends of the interval); `p`, `df`, `icc`, `n`,
    `clusters`; `randomisation p`; `screen NAME` (its statistic); else the name of a further figure.
    """
    effect, kind, rest = finding.effect, *name.partition(" ")[::2]
    single: dict[str, float | None] = {
        "treated mean": effect.mean_treated,
        "comparison mean": effect.mean_comparison,
        "lower": effect.interval[0],
        "upper": effect.interval[1],
        "p": effect.p_value,
        "df": effect.df,
        "icc": effect.icc,
        "n": effect.n,
        "clusters": effect.clusters,
        "randomisation p": finding.randomisation.p_value if finding.randomisation else None,
    }
    if name == "effect":
        return effect.estimate, effect.std_error
    if name in single:
        return _there(single[name], name), None
    if kind == "screen":
        return _there({each.name: each.statistic for each in finding.screens}.get(rest), name), None
    return _further(finding, name)


def _further(finding: Finding, name: str) -> tuple[float, float | None]:
    """A further figure; `NAME lower`, `NAME upper`, `NAME p` for the ends of its interval and its p-value."""
    by_name = {each.name: each for each in finding.further}
    if name in by_name:
        return _there(by_name[name].estimate, name), by_name[name].std_error
    name_of, _, part = name.rpartition(" ")
    if name_of not in by_name:
        raise KeyError(f"no figure {name!r}; there are {sorted(by_name)}")
    each = by_name[name_of]
    ends = each.interval or (None, None)
    return _there({"lower": ends[0], "upper": ends[1], "p": each.p_value}[part], name), None


def _there(value: float | None, name: str) -> float:
    if value is None:
        raise KeyError(f"the figure {name!r} was not computed")
    return float(value)


def number(printed: str) -> Decimal:
    """Return a printed figure as a number.

    >>> number("-11,863.90"), number("−.182")
    (Decimal('-11863.90'), Decimal('-0.182'))
    """
    return Decimal(printed.replace(",", "").replace("−", "-").rstrip("%"))


def like(ours: float, printed: str, more: int = 0) -> str:
    """Return our figure with as many decimals as the printed one, or some more.

    >>> like(0.19063, ".191"), like(1794.34, "1,794"), like(-11863.903, "-11,863.9", 1)
    ('0.191', '1,794', '-11,863.90')
    """
    exponent = number(printed).as_tuple().exponent
    digits = max(0, -exponent) if isinstance(exponent, int) else 0
    text = f"{Decimal(repr(ours)).quantize(Decimal(1).scaleb(-digits - more), ROUND_HALF_EVEN):,f}"
    return text[1:] if text.startswith("-") and not text.strip("-0.,") else text


@dataclass(frozen=True, slots=True)
class Compared:
    """A printed figure beside ours. `apart`, `error_apart`: how far ours is away, as a share of the printed one; 0
    where ours rounds to every printed digit."""

    published: Published
    ours: float
    error: float | None
    apart: float
    error_apart: float | None

    @property
    def holds(self) -> bool:
        """Whether ours is as near as the replication says."""
        near = self.apart <= self.published.within
        return near and (self.error_apart is None or self.error_apart <= self.published.error_within)


def compare(finding: Finding, published: Published) -> Compared:
    """Hold a printed figure against ours. Raises KeyError where the finding has no such figure."""
    ours, error = figure(finding, published.figure)
    scaled = 100 * expm1(ours) if published.as_percent else ours * published.per
    spread = None if error is None or not published.error else abs(error * published.per)
    error_apart = None if spread is None else away(spread, published.error)
    if published.error and spread is None:
        raise KeyError(f"{published.figure!r} has no standard error to hold against {published.error}")
    return Compared(published, scaled, spread, away(scaled, published.value), error_apart)


def away(ours: float, printed: str) -> float:
    """Return how far ours is from the printed figure, as a share of it; 0 where it rounds to the same digits.

    >>> away(0.19063, ".191"), round(away(0.2, ".16"), 2)
    (0.0, 0.25)
    """
    target = number(printed)
    if number(like(ours, printed)) == target:
        return 0.0
    return abs(ours - float(target)) / abs(float(target)) if target else abs(ours)
