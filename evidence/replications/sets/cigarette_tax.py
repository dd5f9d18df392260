"""California's Proposition 99 (1988): a tax on cigarettes and a campaign."""

import pandas as pd

from evidence.replications.published import DataSet, Published, Replication

DATA = DataSet(
    name="cigarette-tax",
    title="Cigarette sales in 39 states, 1970 to 2000 (Proposition 99)",
    source="package StatsPAI (MIT), the data of Abadie, Diamond & Hainmueller (2010)",
    fetch=("statspai", "california_prop99"),
    rows=1209,
    means=(("cigsale", 118.8932),),
)
PAPER = "Arkhangelsky et al. (2021), American Economic Review 111:4088, table 1"


def tables(kind: str) -> str:
    """The protocol of a method that weighs the other states."""
    return f"""
[design]
kind = "{kind}"
unit = "state"
period = "year"
treated_unit = "California"
from = "1989"

[outcome]
column = "cigsale"
measure = "mean"
better = "lower"
worth_having = 1
"""


def sales(table: pd.DataFrame) -> pd.DataFrame:
    """Sales by state and year."""
    return table.assign(year=table["year"].astype(int))[["state", "year", "cigsale"]]


REPLICATIONS = (
    Replication(
        DATA,
        "cigarette-tax-sdid",
        tables("synthetic-difference-in-differences"),
        (
            Published(
                "packs a head: synthetic difference-in-differences",
                "-15.6",
                PAPER,
                error="8.4",
                error_within=0.15,
                remark="the standard error is from placebos drawn at random; the package's own vignette warns of it",
            ),
            Published(
                "packs a head: plain difference-in-differences",
                "-27.3",
                PAPER,
                figure="plain difference in differences",
                remark="given beside as a warning: one treated state has no standard error of its own",
            ),
        ),
        prepare=sales,
        unit="state",
    ),
    Replication(
        DATA,
        "cigarette-tax-sc",
        tables("synthetic-control"),
        (
            Published(
                "packs a head: synthetic control",
                "-19.6",
                PAPER,
                within=0.01,
                remark="the paper adds a small ridge to the weights, ours are on the simplex alone (others find -19.5)",
            ),
        ),
        prepare=sales,
        unit="state",
    ),
)
