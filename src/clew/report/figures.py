"""Figures as they are read aloud: in the outcome's units, with no more digits than the data can carry."""

from dataclasses import dataclass
from decimal import Decimal
from math import floor, isinf, log10

from clew.pilot.protocol import Protocol

IRREGULAR = {"person": "people", "child": "children", "household": "households", "staff": "staff"}
MINUS = "\N{MINUS SIGN}"
NO_END = "no limit"


@dataclass(frozen=True, slots=True)
class Units:
    """How the figures of one outcome are written.

    `factor`: 100 where the outcome is a share. `decimals`: so many that the standard error shows two digits.
    `effect_unit`, `level_unit`: what follows a difference and an average; empty where the protocol names none.
    """

    factor: float
    decimals: int
    effect_unit: str
    level_unit: str

    def number(self, value: float) -> str:
        """Return a signed difference without its unit, as "+16.0"."""
        return _minus(f"{value * self.factor + 0.0:+,.{self.decimals}f}")

    def effect(self, value: float) -> str:
        """Return a signed difference with its unit, as "+16.0 percentage points"."""
        return f"{self.number(value)}{self.effect_unit}"

    def span(self, interval: tuple[float, float]) -> str:
        """Return both ends of an interval without unit, as "+4.8 to +27.2"; in words where it has no end."""
        low, high = (NO_END if isinf(end) else self.number(end) for end in interval)
        return f"{low} to {high}"

    def width(self, value: float) -> str:
        """Return an uncertainty, as "5.1 percentage points"."""
        return f"{value * self.factor:,.{self.decimals}f}{self.effect_unit}"

    def size(self, value: float) -> str:
        """Return a size without sign, with only the digits that it has, as "5 percentage points"."""
        return f"{trimmed(value * self.factor)}{self.effect_unit}"

    def level(self, value: float) -> str:
        """Return an average, as "70.5%"."""
        return _minus(f"{value * self.factor + 0.0:,.{self.decimals}f}{self.level_unit}")


def units_of(protocol: Protocol, std_error: float) -> Units:
    """Return how to write this protocol's figures, when its effect is known up to `std_error` (outcome's units)."""
    share = protocol.outcome.measure == "proportion"
    factor = 100.0 if share else 1.0
    named = f" {protocol.outcome.unit}" if protocol.outcome.unit else ""
    decimals = decimals_for(std_error * factor)
    if share:
        return Units(factor, decimals, " percentage points", "%")
    a_unit = f" a {protocol.population.unit}" if protocol.outcome.measure == "count" else ""
    return Units(factor, decimals, named + a_unit, named + a_unit)


def decimals_for(std_error: float) -> int:
    """Return how many decimals leave two significant digits of a standard error (0 to 6)."""
    if std_error <= 0:
        return 1
    return min(max(1 - floor(log10(std_error)), 0), 6)


def trimmed(value: float) -> str:
    """Return up to six significant digits, thousands apart, without trailing zeros."""
    text = f"{value + 0.0:,.6f}" if abs(value) < 1e6 else f"{value:,.0f}"
    return _minus(text.rstrip("0").rstrip(".") if "." in text else text)


def share(value: float, decimals: int = 0) -> str:
    """Return a share of one as per cent."""
    return f"{value:.{decimals}%}"


def chance(p_value: float) -> str:
    """Return a probability for reading: per cent with one decimal, and never a plain zero."""
    return "less than 0.1%" if p_value < 0.001 else f"{p_value:.1%}"


def money(amount: Decimal, currency: str | None) -> str:
    """Return an exact sum with thousands apart, as "9,500.00 EUR"."""
    return f"{amount:,} {currency or ''}".strip()


def plural(count: int, one: str) -> str:
    """Return a count with its noun, as "156 homes"."""
    return f"{count:,} {one if count == 1 else many(one)}"


def many(one: str) -> str:
    """Return the plural of a unit's name, by the common English rules."""
    if one in IRREGULAR:
        return IRREGULAR[one]
    if one.endswith(("s", "x", "ch", "sh")):
        return f"{one}es"
    if one.endswith("y") and one[-2:-1] not in "aeiou":
        return f"{one[:-1]}ies"
    return f"{one}s"


def spoken(column: str) -> str:
    """Return a column's name as words."""
    return column.replace("_", " ").strip() or column


def _minus(text: str) -> str:
    return text.replace("-", MINUS)
