"""Procedural justice training for Chicago's police, begun at random dates."""

from evidence.replications.published import DataSet, Published, Replication

DATA = DataSet(
    name="police-training",
    title="Procedural justice training, Chicago police",
    source="package staggered (GPL-2), in the folder beside the project",
    fetch=("shared", "chicago_police_training.parquet"),
    rows=560520,
)
PAGE = "package staggered, README, after Roth & Sant'Anna (2023)"

TABLES = """
[design]
kind = "random-rollout"
unit = "uid"
period = "period"
treated_from = "first_trained"

[outcome]
column = "complaints"
measure = "mean"
better = "lower"
worth_having = 0.001
"""


def _study(name: str, value: str, error: str) -> Published:
    return Published(f"{name}, complaints", value, PAGE, error, name)


REPLICATIONS = (
    Replication(
        DATA,
        "police-training",
        TABLES,
        (
            Published(
                "complaints an officer and month, all months and starts alike", "-0.001126981", PAGE, "0.002115194"
            ),
            Published(
                "the same, the conservative error", "-0.001126981", PAGE, "0.002119248", "conservative standard error"
            ),
            Published("weighed by start", "-0.001084689", PAGE, "0.002261011", "estimand cohort"),
            Published("weighed by month", "-0.00187198", PAGE, "0.00255863", "estimand calendar"),
            Published(
                "by difference-in-differences instead (Callaway & Sant'Anna)",
                "-0.005176818",
                PAGE,
                "0.003930919",
                "difference-in-differences",
            ),
            _study("at the start", "3.083575e-04", "0.002650957"),
            _study("1 after the start", "2.591678e-03", "0.002621513"),
            _study("2 after the start", "-4.872562e-05", "0.002623634"),
            _study("5 after the start", "7.979656e-04", "0.002727140"),
        ),
        unit="officer",
    ),
)
