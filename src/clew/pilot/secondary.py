"""What a protocol file may not ask of its further outcomes ([[secondary]]), each mistake at its line."""

from collections.abc import Iterator
from typing import Any  # Any: values of TOML that readers have already read

from clew.pilot.criteria import ROLES
from clew.pilot.design import Objector

Values = dict[str, Any]
MOST = 20


def object_to_secondary(values: Values, reading: Objector) -> None:
    """Note what cannot be measured beside the primary outcome: too many, columns with another part, impossible
    effects, and kinds of design whose other columns belong to the one outcome."""
    further = values.get("secondary", [])
    if not further:
        return
    if why := _belongs_to_one_outcome(values.get("design", {})):
        reading.object_to(("secondary",), why, "Remove [[secondary]], or register a pilot for each outcome.")
    if len(further) > MOST:
        do = "Keep those that will be acted on: each outcome more makes a chance finding likelier."
        reading.object_to(("secondary", MOST), f"{len(further)} further outcomes; {MOST} are the most.", do)
    taken = dict(_taken(values))
    for place, one in enumerate(further):
        _object_to_one(one, ("secondary", place), taken, reading)
        taken.setdefault(one.get("column", ""), "a further outcome")


def _object_to_one(one: Values, path: tuple[str | int, ...], taken: dict[str, str], reading: Objector) -> None:
    column, worth_having = one.get("column"), one.get("worth_having", 0.0)
    if column in taken:
        what = f'"{column}" is {taken[column]} already and cannot be a further outcome as well.'
        reading.object_to((*path, "column"), what, "Name another column, or remove this [[secondary]] table.")
    if one.get("measure") == "proportion" and worth_having > 1:
        what = f"`worth_having`: a share cannot change by {worth_having:g}."
        reading.object_to((*path, "worth_having"), what, "Write five percentage points as 0.05.")


def _belongs_to_one_outcome(design: Values) -> str:
    """Return why a design can carry no other outcome, "" where it can."""
    if design.get("kind") == "rare-events":
        return "a rare-events design counts one kind of event; its exposure or expected number belongs to that alone."
    if design.get("kind") == "interrupted-time-series" and "control" in design:
        return "the control series of an interrupted-time-series design belongs to the one outcome."
    return ""


def _taken(values: Values) -> Iterator[tuple[str, str]]:
    """Yield every column that has a part already, and which."""
    design, outcome, sustained = (values.get(name, {}) for name in ("design", "outcome", "sustained"))
    yield outcome.get("column", ""), "the primary outcome"
    is_column = design.get("kind") == "difference-in-differences"
    roles = {key: f"the {role or key}" for key, role in {**ROLES, "pair": ""}.items() if key != "treated" or is_column}
    yield from ((design[key], role) for key, role in roles.items() if key in design)
    yield from ((column, "a fixed effect") for column in design.get("fixed_effects", ()))
    yield from ((column, "a baseline column that is adjusted for") for column in outcome.get("adjust_for", ()))
    yield from (
        (one["column"], "a column of groups ([[equity]])") for one in values.get("equity", []) if "column" in one
    )
    yield from ((sustained[key], f"the {key} of [sustained]") for key in ("period", "support") if key in sustained)
    for table, key in (("versions", "column"), ("funnel", "unit")):
        if key in values.get(table, {}):
            yield values[table][key], f"the {key} of [{table}]"
