"""California asks drivers to choose about organ donation (active choice) from July 2011 on."""

from evidence.replications.published import DataSet, Published, Replication

DATA = DataSet(
    name="organ-donors",
    title="Organ donor registrations, 27 states",
    source="package causaldata (MIT)",
    fetch=("causaldata", "organ_donations"),
    rows=162,
)

TABLES = """
[design]
kind = "synthetic-difference-in-differences"
unit = "State"
period = "Quarter_Num"
treated_unit = "California"
from = "4"

[outcome]
column = "Rate"
measure = "mean"
better = "higher"
worth_having = 0.01
"""

REPLICATIONS = (
    Replication(
        DATA,
        "organ-donors",
        TABLES,
        (
            Published(
                "registered as donors in California, share: plain difference-in-differences",
                "-.022",
                "Kessler & Roth (2014), table 2, column 1; Huntington-Klein, The Effect, ch. 18",
                figure="plain difference in differences",
                remark="the paper's standard error, .006, counts on many treated states; there is one, so"
                " `difference-in-differences` refuses these data and no error is given here",
            ),
        ),
        unit="state",
    ),
)
