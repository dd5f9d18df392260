"""What the columns of a backend's table hold: one question to the engine measures all of them at once.

The twin of `profile.py`, in Ibis. Columns are given typed names first: `v0`, `v1` … numbers (NULL where a value is
empty or no number), `f0`, `f1` … the same as they stand, `k0`, `k1` … keys.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import frexp, ldexp
from typing import Any

from clew.errors import InputError
from clew.evaluate.backend_session import Expression, load_ibis
from clew.evaluate.backend_table import Source
from clew.evaluate.faults import LARGEST
from clew.evaluate.profile import Kind, Profile, Profiles
from clew.evaluate.rows import Layout, distinct
from clew.tables.wording import quoted

NUMBER = r"(?i)^([+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e(\+?[0-9]{1,2}|-[0-2]?[0-9]{1,2}))?|[+-]?inf|[+-]?infinity|nan)$"
"""What every engine reads as a number; what is larger is none here."""

COARSE = 20
"""The centre is a multiple of 2^−20 of the range, so that rounding in the engine's average does not move it."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A table with typed columns, and what they hold. `profiles`: their `sql` is the typed column's name.

    `centre`: of each variable, near its weighted mean. `filled`: of each variable, the name of its `f` column, NULL
    where it is empty.
    """

    table: Expression
    profiles: Profiles
    centre: Mapping[str, float]
    filled: Mapping[str, str]

    def there(self, outcome: str) -> Expression:
        """Which rows hold an outcome."""
        return self.table[self.filled[outcome]].notnull()


def number(value: float) -> Expression:
    """A double with exactly this value: engines read some numbers as decimals, but never texts."""
    return load_ibis().literal(repr(float(value))).cast("float64")


def measure(source: Source, layouts: Sequence[Layout]) -> Measured:
    """Give the needed columns typed names, and measure them in one question. `layouts`: of each outcome; they differ in
    it alone.

    Raises: InputError where the table cannot be read, has no row, or a column holds no plain values.
    """
    layout = layouts[0]
    variables = distinct(*(each.outcome for each in layouts), *layout.beside, layout.weights)
    keys = distinct(*layout.design_keys, *layout.groups)
    kinds = {name: kind_of(source, name) for name in distinct(*variables, *keys)}
    typed = _typed(source, variables, keys, kinds)
    weight = f"v{variables.index(layout.weights)}" if layout.weights else None
    found = _asked(source, typed, variables, keys, weight)
    if not found["rows"]:
        raise InputError("the table has no row.", where=source.place, do="Bring the data.")
    profiles = Profiles(
        int(found["rows"]),
        {name: _variable(name, kinds[name], found, f"{place}") for place, name in enumerate(variables)},
        {name: _key(name, kinds[name], found, f"k{place}") for place, name in enumerate(keys)},
    )
    centre = {one.column: _centre(one, found[f"mean{place}"]) for place, one in enumerate(profiles.variables.values())}
    return Measured(typed, profiles, centre, {name: f"f{place}" for place, name in enumerate(variables)})


def kind_of(source: Source, column: str) -> Kind:
    """The kind of a column by its type alone.

    Raises: InputError for lists, structures and binary data.
    """
    type_ = source.table[column].type()
    if type_.is_nested() or type_.is_binary():
        raise InputError(
            f"column {quoted(column)} holds {str(type_).lower()} values, not numbers or texts.",
            where=source.place,
            do="Make a view with one plain value a row.",
        )
    if type_.is_integer():
        return "real" if type_.is_unsigned_integer() and type_.nbytes == 8 else "integer"
    if type_.is_floating() or type_.is_decimal():
        return "real"
    return "boolean" if type_.is_boolean() else "text"


def _typed(source: Source, variables: tuple[str, ...], keys: tuple[str, ...], kinds: Mapping[str, Kind]) -> Expression:
    columns = {}
    for place, name in enumerate(variables):
        columns[f"f{place}"] = _filled(source.table[name], kinds[name])
        columns[f"v{place}"] = _number(source.table[name], kinds[name])
    for place, name in enumerate(keys):
        column = source.table[name]
        as_key = {"text": lambda c: c.cast("string").nullif(""), "real": lambda c: c.cast("float64")}
        columns[f"k{place}"] = as_key.get(kinds[name], lambda c: c)(column)
    return source.table.select(**columns)


def _filled(column: Expression, kind: Kind) -> Expression:
    return column.cast("string").strip().nullif("") if kind == "text" else column


def _number(column: Expression, kind: Kind) -> Expression:
    """The column as a double, NULL where it is none."""
    ibis = load_ibis()
    if kind == "boolean":
        return ibis.cases((column, number(1)), (~column, number(0)))
    if kind == "text":
        value = column.cast("string").strip()
        return ibis.ifelse(value.re_search(NUMBER), value, ibis.null("string")).cast("float64")
    return column.cast("float64")


def _asked(
    source: Source, typed: Expression, variables: tuple[str, ...], keys: tuple[str, ...], weight: str | None
) -> dict[str, Any]:  # Any: numbers as the engine gives them
    asked = {"rows": typed.count()} | {f"filled_k{place}": typed[f"k{place}"].count() for place in range(len(keys))}
    there = typed.f0.notnull()
    for place in range(len(variables)):
        value = typed[f"v{place}"]
        asked |= {f"filled{place}": typed[f"f{place}"].count(), f"parsed{place}": value.count()}
        asked |= {f"low{place}": value.min(), f"high{place}": value.max()}
        usable = there & (value.abs() <= number(LARGEST))
        if weight is None:
            asked[f"mean{place}"] = value.mean(where=usable)
        else:
            usable &= typed[weight].abs() <= number(LARGEST)
            asked[f"mean{place}"] = (typed[weight] * value).sum(where=usable)
            asked[f"of{place}"] = typed[weight].sum(where=usable)
    found = {name: values[0] for name, values in source.session.fetch(typed.aggregate(**asked)).items()}
    for place in range(len(variables) if weight else 0):
        total, weights = found[f"mean{place}"], found[f"of{place}"]
        found[f"mean{place}"] = total / weights if total is not None and weights else None
    return found


def _variable(name: str, kind: Kind, found: Mapping[str, Any], place: str) -> Profile:  # Any: as above
    """A column as measured; text that holds numbers throughout is a number."""
    filled, parsed = int(found[f"filled{place}"]), int(found[f"parsed{place}"])
    low, high = found[f"low{place}"], found[f"high{place}"]
    kind = "real" if kind == "text" and parsed else kind
    typed = f"f{place}" if kind == "text" else f"v{place}"
    return Profile(name, typed, kind, filled, parsed, *(None if end is None else float(end) for end in (low, high)))


def _key(name: str, kind: Kind, found: Mapping[str, Any], typed: str) -> Profile:  # Any: as above
    filled = int(found[f"filled_{typed}"])
    return Profile(name, typed, kind, filled, filled, None, None)


def _centre(one: Profile, mean: float | None) -> float:
    """Near the mean, and the same whatever the order in which the engine added up."""
    if mean is None or one.low is None or one.high is None or not one.high > one.low:
        return float(one.low or 0)
    unit = ldexp(1.0, max(frexp(float(one.high) - float(one.low))[1] - COARSE, -1000))
    return float(round(float(mean) / unit) * unit)


def reach_of(one: Profile, centre: float) -> float:
    """How far a variable's values lie from `centre` at most."""
    return max(abs(float(one.low or 0) - centre), abs(float(one.high or 0) - centre))
