"""The demo's data: two real trials out of the package `causaldata`, and one pilot that is made up by a fixed seed."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from clew.errors import MissingError

Row = Mapping[str, object]

SEED = 1
HOMES_A_VISIT_ROUND = 26
DISTRICTS = ("Askerup", "Birkelev", "Egelund", "Fasanby", "Granholt", "Havnsted")
FURTHER_DISTRICTS = ("Ildrup", "Krageskov", "Lindebo", "Mosevang", "Nordhusum", "Piletorp")


@dataclass(frozen=True, slots=True)
class Arm:
    """One arm of the made-up pilot: its districts, the safe homes in each after two rounds, and who was reached.

    `safe`: per round, safe homes in each district. `living`: column → value → homes with it, over both rounds.
    """

    name: str
    districts: tuple[str, ...]
    safe: tuple[tuple[int, ...], tuple[int, ...]]
    living: Mapping[str, Mapping[str, int]]


USUAL = Arm(
    "usual visit",
    DISTRICTS,
    ((20, 13, 17, 11, 16, 15), (15, 14, 17, 10, 10, 15)),
    {
        "mother_tongue": {"Danish": 282, "other": 30},
        "smokes": {"yes": 75, "no": 237},
        "lives_alone": {"yes": 162, "no": 150},
    },
)
JOINT = Arm(
    "joint visit",
    FURTHER_DISTRICTS,
    ((15, 15, 17, 19, 19, 22), (18, 18, 19, 22, 21, 18)),
    {
        "mother_tongue": {"Danish": 299, "other": 13},
        "smokes": {"yes": 56, "no": 256},
        "lives_alone": {"yes": 172, "no": 140},
    },
)


def real(name: str) -> Any:  # Any: a pandas frame; pandas is not among clew's own dependencies
    """Return a data set of the package `causaldata` as a pandas frame.

    Raises MissingError with the command to type where the package is not installed.
    """
    try:
        module = import_module(f"causaldata.{name}")
    except ModuleNotFoundError as error:
        raise MissingError(
            "the demo's real data come with the Python package `causaldata`, which is not installed.",
            do="Install it: pip install causaldata",
        ) from error
    return module.load_pandas().data


def job_training(frame: Any) -> list[dict[str, object]]:  # Any: as above
    """Return the rows of the National Supported Work demonstration, with schooling in words."""
    names = ("treat", "age", "educ", "black", "hisp", "marr", "nodegree", "re74", "re75", "re78")
    return [
        {
            **{name: _plain(row[name]) for name in names},
            "school": "no degree" if row["nodegree"] == 1 else "degree",
        }
        for row in frame.to_dict("records")
    ]


def hiv_incentives(frame: Any) -> list[dict[str, object]]:  # Any: as above
    """Return those who drew a voucher and whose village is known, with distance and test result in words."""
    drawn = frame[frame["any"].notna() & frame["villnum"].notna()]
    results = {0.0: "negative", 1.0: "positive", -1.0: "unclear"}
    return [
        {
            "villnum": _plain(row["villnum"]),
            "any": _plain(row["any"]),
            "tinc": _plain(row["tinc"]),
            "got": _plain(row["got"]),
            "distance": "over 1.5 km" if row["distvct"] > 1.5 else "up to 1.5 km",
            "result": results.get(row["hiv2004"], "unknown"),
        }
        for row in drawn.to_dict("records")
    ]


def fire_safety_visits(round_number: int) -> list[dict[str, object]]:
    """Return the made-up homes of the first or second round (1 or 2), the same for ever."""
    rng = np.random.default_rng(SEED)
    homes = [home for arm in (USUAL, JOINT) for home in _arm(arm, rng)]
    per_district = 2 * HOMES_A_VISIT_ROUND
    rows = [{"home": f"H{number:04d}", **home} for number, home in enumerate(homes, start=1)]
    first, last = (round_number - 1) * HOMES_A_VISIT_ROUND, round_number * HOMES_A_VISIT_ROUND
    return [row for place, row in enumerate(rows) if first <= place % per_district < last]


def _arm(arm: Arm, rng: np.random.Generator) -> list[dict[str, object]]:
    """Return an arm's homes, district by district, first round before second; who lives where is drawn."""
    rounds = [(district, safe) for district, *both in zip(arm.districts, *arm.safe, strict=True) for safe in both]
    homes = [
        {"district": district, "arm": arm.name, "safe_at_90_days": outcome}
        for district, safe in rounds
        for outcome in _shuffled(rng, {1: safe, 0: HOMES_A_VISIT_ROUND - safe})
    ]
    living = {column: _shuffled(rng, counts) for column, counts in arm.living.items()}
    return [
        {**home, **{column: values[place] for column, values in living.items()}} for place, home in enumerate(homes)
    ]


def _shuffled(rng: np.random.Generator, counts: Mapping[Any, int]) -> list[Any]:
    """Return each value as often as it counts, in random order."""
    values = [value for value, count in counts.items() for _ in range(count)]
    return [values[place] for place in rng.permutation(len(values))]


def _plain(value: Any) -> object:
    """Return a number as a CSV file writes it: whole where it is whole, empty where it is missing."""
    number = float(value)
    if np.isnan(number):
        return ""
    return int(number) if number.is_integer() else number


def write_csv(rows: Sequence[Row], path: Path) -> None:
    """Write rows as CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def write_parquet(rows: Sequence[Row], path: Path) -> None:
    """Write rows as Parquet, through DuckDB; "yes" and "no" stay words."""
    import duckdb

    draft = path.with_suffix(".csv")
    write_csv(rows, draft)
    with duckdb.connect() as connection:
        types = ["BIGINT", "DOUBLE", "VARCHAR"]
        connection.read_csv(str(draft), auto_type_candidates=types).write_parquet(str(path))
    draft.unlink()
