"""The last question of HC1 and HC2 to a backend: squared residuals, each by its row's influence and leverage.

The twin of `second_scan.py`, in Ibis. A row's coefficients depend on its class, so the classes are a small table that
the rows are joined with, made of nothing but arrays in the question itself.
"""

from collections.abc import Sequence

import numpy as np

from clew.evaluate.backend_columns import Measured, number, reach_of
from clew.evaluate.backend_session import Expression, load_ibis
from clew.evaluate.backend_sums import exact_sum
from clew.evaluate.backend_table import Source
from clew.evaluate.file_rows import NAMES
from clew.evaluate.heteroskedastic import FULL_LEVERAGE
from clew.evaluate.profile import Kind, Profile
from clew.evaluate.rows import Curves, Floats, Within

Numbers = tuple[Sequence[Profile], Profile | None]
"""The variables (outcome, covariates) and the weights."""


def squares_of(source: Source, measured: Measured, curves: Curves, numbers: Numbers, within: Within) -> float:
    """Sum over the rows within a subset of (w · influence · residual)² / (1 − w · leverage); see `Rows.squares`."""
    keys = measured.profiles.keys | {
        one.column: one for one in measured.profiles.variables.values() if not one.is_number
    }
    known = [keys[column] for column in curves.columns]
    rows = measured.table.filter(measured.there(numbers[0][0].column))
    for column, label in within:
        rows = rows.filter(rows[keys[column].sql] == _literal(keys[column].kind, label))
    coefficients = _coefficients(curves)
    classes = _classes(curves, known, coefficients)
    joined = rows.inner_join(classes, [rows[key.sql] == classes[f"j{i}"] for i, key in enumerate(known)])
    term, bound = _term(joined, curves, numbers, coefficients)
    exact = exact_sum("squares", bound, measured.profiles.rows)
    found = source.session.fetch(joined.aggregate(**exact.asked(term, load_ibis().literal(True))))  # noqa: FBT003
    return float(exact.floats(found)[0])


def _literal(kind: Kind, label: str) -> Expression:
    """The value that `label` names; NULL, which equals nothing, where no value can have that name."""
    ibis = load_ibis()
    if kind == "text":
        return ibis.literal(label)
    if kind == "boolean":
        return ibis.literal(label == "true") if label in {"true", "false"} else ibis.null("boolean")
    if not NAMES[kind].fullmatch(label):
        return ibis.null("int64" if kind == "integer" else "float64")
    return number(float(label)) if kind == "real" else ibis.literal(int(label), type="int64")


def _classes(curves: Curves, keys: Sequence[Profile], coefficients: dict[str, Floats]) -> Expression:
    """A table of the classes: keys j0, j1 … and coefficients."""
    ibis = load_ibis()
    types = {"text": "string", "boolean": "boolean", "integer": "int64", "real": "float64"}
    place = ibis.range(len(curves.labels)).unnest().name("place").as_table()
    columns = {}
    for i, key in enumerate(keys):
        labels = [names[i] for names in curves.labels]
        columns[f"j{i}"] = ibis.array(labels).cast(f"array<{types[key.kind]}>")[place.place]
    for name, values in coefficients.items():
        columns[name] = ibis.array([repr(value) for value in values.tolist()]).cast("array<float64>")[place.place]
    return place.select(**columns)


def _coefficients(curves: Curves) -> dict[str, Floats]:
    """Columns of coefficients that are not all 0: r and a by variable, h by pair of variables (0 is the constant)."""
    width = range(curves.residual.shape[1])
    found = {f"r{i}": curves.residual[:, i] for i in width} | {f"a{i}": curves.influence[:, i] for i in width}
    if (leverage := curves.leverage) is not None:
        found |= {f"h{i}_{j}": leverage[:, i, j] * (1 if i == j else 2) for i in width for j in width if i <= j}
    return {name: column for name, column in found.items() if column.any()}


def _term(
    rows: Expression, curves: Curves, numbers: Numbers, coefficients: dict[str, Floats]
) -> tuple[Expression, float]:
    """A row's term, and what none can exceed."""
    variables, weights = numbers
    x = {str(i): rows[one.sql] - number(c) for i, (one, c) in enumerate(zip(variables, curves.centre, strict=True), 1)}

    def polynomial(kind: str) -> Expression:
        total = number(0)
        for name in coefficients:
            if name.startswith(kind):
                product = rows[name]
                for place in name[1:].split("_"):
                    product = product * x[place] if place != "0" else product
                total = total + product
        return total

    weight = rows[weights.sql] if weights else number(1)
    term = weight * polynomial("r") * polynomial("a")
    bound, left = _bound(curves, numbers)
    if curves.leverage is None:
        return term * term, bound
    kept = number(1) - weight * polynomial("h")
    full = number(FULL_LEVERAGE)
    return load_ibis().ifelse(kept > full, term * term / kept, number(0)), bound / left


def _bound(curves: Curves, numbers: Numbers) -> tuple[float, float]:
    """What (w · influence · residual)² cannot exceed, and what 1 − w · leverage cannot fall below, twice over."""
    variables, weights = numbers
    reach = np.array([1.0, *(reach_of(one, c) for one, c in zip(variables, curves.centre, strict=True))])
    most = float(weights.high or 0) if weights else 1.0
    influence, residual = (np.abs(part) @ reach for part in (curves.influence, curves.residual))
    leverage = 0.0 if curves.leverage is None else most * float(np.max(np.abs(curves.leverage) @ reach @ reach))
    return 2 * float(np.max(most * influence * residual)) ** 2, max(1 - leverage, FULL_LEVERAGE) / 2
