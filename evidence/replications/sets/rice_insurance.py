"""Insurance for rice farmers in China: a default dealt by lot moves neighbours' take-up, which moves one's own."""

import pandas as pd

from evidence.replications.published import DataSet, Published, Replication

DATA = DataSet(
    name="rice-insurance",
    title="Rice insurance, China",
    source="package causaldata (MIT)",
    fetch=("causaldata", "social_insure"),
    rows=1410,
)
CONTROLS = ["male", "age", "agpop", "ricearea_2010", "literacy", "intensive", "risk_averse", "disaster_prob"]

TABLES = f"""
[design]
kind = "encouragement"
arm = "default"
comparison = "0"
received = "pre_takeup_rate"
cluster = "address"
estimator = "two-stage-least-squares"
standard_errors = "cr1"

[outcome]
column = "takeup_survey"
measure = "proportion"
better = "higher"
worth_having = 0.05
adjust_for = [{", ".join(f'"{name}"' for name in [*CONTROLS, "village_name"])}]
"""


def complete(table: pd.DataFrame) -> pd.DataFrame:
    """Households of which everything is known."""
    kept = table.dropna()
    return kept.assign(village_name="v" + kept["village"].astype(str))


REPLICATIONS = (
    Replication(
        DATA,
        "rice-insurance",
        TABLES,
        (
            Published(
                "take-up, if all neighbours had taken it up",
                "0.791",
                "Huntington-Klein, The Effect, ch. 19, after Cai, de Janvry & Sadoulet (2015)",
                error="0.273",
            ),
        ),
        prepare=complete,
        unit="household",
    ),
)
