"""PANES: cash transfers to poor households in Uruguay, and support for the government."""

import pandas as pd

from evidence.replications.published import DataSet, Published, Replication

DATA = DataSet(
    name="cash-transfers",
    title="Cash transfers (PANES), Uruguay",
    source="package causaldata (MIT)",
    fetch=("causaldata", "gov_transfers"),
    rows=1948,
)

TABLES = """
[design]
kind = "regression-discontinuity"
running = "Income_Centered"
cutoff = 0
treated_side = "below"
bandwidth = 0.02
standard_errors = "hc1"

[outcome]
column = "Support"
measure = "mean"
better = "higher"
worth_having = 0.05
"""


def answered(table: pd.DataFrame) -> pd.DataFrame:
    """Households that answered."""
    return table[["Income_Centered", "Support"]].dropna()


REPLICATIONS = (
    Replication(
        DATA,
        "cash-transfers",
        TABLES,
        (
            Published(
                "support for the government (0 to 1)",
                ".11",
                "Manacorda, Miguel & Vigorito (2011), table 4: .11 to .13",
                within=0.2,
                remark="straight lines over the paper's whole window; with the window of least mean squared error"
                " (.005), the jump is gone: -.02, -.19 to .10",
            ),
        ),
        prepare=answered,
        unit="household",
    ),
)
