"""A sound protocol of every kind of design, and what `clew pilot check` must say of changed ones."""

import json
from typing import Any

from clew.pilot.kinds import KINDS
from clew.pilot.parse import parse_protocol
from clew.pilot.protocol import Protocol
from protocol_texts import SOUND

NAMED: dict[str, Any] = {
    "arm": "arm",
    "comparison": "usual",
    "cluster": "district",
    "unit": "home",
    "period": "month",
    "treated_from": "start",
    "treated": "treated",
    "from": 25,
    "running": "score",
    "cutoff": 50,
    "treated_side": "above",
    "received": "received",
    "treated_unit": "Aarhus",
    "exposure": "days",
    "expected": "expected",
}
"""What [design] says for each key that a kind needs."""

PLACES: dict[str, float] = {
    "units": 30,
    "periods": 60,
    "periods_before": 40,
    "serial_correlation": 0.2,
    "icc": 0.95,
    "sd": 4.5,
}

SIZES: dict[str, dict[str, float]] = {
    "cluster-randomised": {"clusters": 30, "icc": 0.03, "cluster_size_cv": 0.0},
    "stepped-wedge": {"clusters": 30, "icc": 0.03, "cluster_size_cv": 0.0, "periods": 6, "periods_before": 1},
    "random-rollout": {"periods": 8, "periods_before": 3},
    "difference-in-differences": {"periods": 8, "periods_before": 4},
    "staggered-difference-in-differences": {"periods": 8, "periods_before": 4},
    "synthetic-control": PLACES,
    "synthetic-difference-in-differences": PLACES,
    "interrupted-time-series": {"sd": 1.0, "periods": 120, "periods_before": 70, "serial_correlation": 0.2},
    "encouragement": {"received_share": 0.6},
    "regression-discontinuity": {"units": 6_000},
}
"""What [size] says beside units = 800, worth_having 2 and a standard deviation of 5."""


def of_kind(kind: str, changed: dict[str, Any] | None = None) -> Protocol:
    """A sound protocol of this kind. `changed`: values by "table.key", None to leave the key out."""
    needed, own = KINDS[kind], changed or {}
    keys = (*needed.needs, *(pair[0] for pair in needed.either))
    design: dict[str, Any] = {"kind": kind, **{key: NAMED[key] for key in keys}}
    if kind == "rare-events":
        design["comparison"] = "usual"
    outcome = {"column": "safe", "measure": "mean", "better": "higher", "worth_having": 2.0}
    size: dict[str, Any] = {"units": 800, "sd": 5.0, **SIZES.get(kind, {})}
    if kind == "rare-events":
        outcome |= {"measure": "count", "better": "lower", "worth_having": 0.05}
        size = {"units": 2_000, "baseline": 0.1}
    for path, value in own.items():
        table, key = path.split(".")
        {"design": design, "outcome": outcome, "size": size}[table][key] = value
    return parse_protocol(_text(design, outcome, size).encode(), f"{kind}.toml")


def _text(*tables: dict[str, Any]) -> str:
    """The sound text with these tables, one look, and bounds that suit any effect."""
    kept = [
        part
        for part in SOUND.split("\n\n")
        if not part.startswith(
            ("[design]", "[outcome]", "[size]", "[[equity]]", "[looks]", "[cost]", "[scale]", "[stop]")
        )
    ]
    worth = tables[1]["worth_having"]
    rules = ["[scale]\neffect_lower_bound_above = 0.0\n", f"[stop]\neffect_upper_bound_below = {worth}\n"]
    made = [
        f"[{name}]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in table.items() if value is not None)
        for name, table in zip(("design", "outcome", "size"), tables, strict=True)
    ]
    return "\n".join([*kept[:2], *made, *rules, *kept[2:]]).replace("times = 1", "times = 0")


SAID_OF_KINDS: list[tuple[str, dict[str, Any], str]] = [
    ("synthetic-control", {"size.units": 19}, "with 19 units the placebo test cannot go below p = 0.053"),
    ("synthetic-control", {"size.periods_before": 2}, "with 2 periods before the start a common path"),
    ("synthetic-control", {"size.units": 60}, "59 comparison units are weighed by 40 periods before"),
    ("stepped-wedge", {"size.clusters": 3, "size.periods": 4}, "3 clusters dealt to 3 starts"),
    ("stepped-wedge", {"size.periods_before": 6}, "of 6 periods 6 come before the start"),
    ("interrupted-time-series", {"size.periods_before": 7}, "7 periods before the start are too few"),
    ("interrupted-time-series", {"size.periods": 77}, "7 periods after the start are too few"),
    ("interrupted-time-series", {"design.season": 84}, "a season of 84 periods cannot be learnt from 70"),
    ("interrupted-time-series", {}, "passes for the effect: no control series is registered"),
    ("interrupted-time-series", {"size.periods": None}, "Add [size] periods, periods_before"),
    ("difference-in-differences", {"size.units": 20, "size.treated_share": 0.05}, "only one of 20 units is"),
    ("difference-in-differences", {"size.units": 20, "size.treated_share": 0.2}, "only 4 of 20 units are"),
    (
        "difference-in-differences",
        {"design.cluster": "town", "size.clusters": 9, "size.treated_share": 0.1},
        "only one",
    ),
    ("difference-in-differences", {"size.periods_before": 1}, "ran in parallel"),
    ("staggered-difference-in-differences", {"size.periods_before": 1}, "ran in parallel"),
    ("encouragement", {"size.units": 100, "size.received_share": 0.1}, "the offer is weak here (an F of"),
    (
        "encouragement",
        {"outcome.measure": "proportion", "outcome.worth_having": 0.3, "size.sd": None, "size.baseline": 0.6},
        "there is room for 0.24",
    ),
    ("rare-events", {"outcome.measure": "mean"}, "rare events are counted"),
    ("difference-in-differences", {"design.treated": "safe"}, '"safe" is the outcome'),
    ("random-rollout", {"design.period": "start"}, '"start" is the column of the starts'),
    ("regression-discontinuity", {"outcome.adjust_for": ["score"]}, '"score" is the column that decides'),
    ("encouragement", {"design.received": "arm"}, '"arm" is the arm and cannot be this as well'),
    ("interrupted-time-series", {"design.control": "safe"}, '"safe" is the outcome'),
    ("rare-events", {"design.exposure": "safe"}, '"safe" is the outcome'),
]
"""A kind, what is changed in it, and what must be said then."""
