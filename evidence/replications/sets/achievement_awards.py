"""Cash for passing the school-leaving exam, dealt to schools in Israel."""

import pandas as pd

from evidence.replications.published import DataSet, Published, Replication

DATA = DataSet(
    name="achievement-awards",
    title="Achievement awards, Israel",
    source="package clubSandwich (GPL-3), in the folder beside the project",
    fetch=("shared", "achievement_awards.csv.gz"),
    rows=16526,
)

TABLES = """
[design]
kind = "cluster-randomised"
arm = "treated"
comparison = "0"
cluster = "school_id"
estimator = "difference"
standard_errors = "cr2"

[outcome]
column = "Bagrut_status"
measure = "proportion"
better = "higher"
worth_having = 0.05
adjust_for = ["school_type"]
"""


def girls(table: pd.DataFrame) -> pd.DataFrame:
    """Girls of the year 2001."""
    return table[(table["sex"] == "Girl") & (table["year"] == 2001)]


REPLICATIONS = (
    Replication(
        DATA,
        "achievement-awards",
        TABLES,
        (
            Published(
                "girls of 2001 who passed, given the kind of school",
                ".105",
                "Angrist & Lavy (2009), table 2",
                error=".061",
                remark="degrees of freedom by Satterthwaite: 21.1, of 34 schools with girls",
            ),
        ),
        prepare=girls,
        unit="pupil",
    ),
)
