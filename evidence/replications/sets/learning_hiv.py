"""Vouchers for fetching the result of an HIV test, dealt person by person in Malawi's villages."""

import pandas as pd

from evidence.replications.published import DataSet, Published, Replication

DATA = DataSet(
    name="learning-hiv",
    title="Incentives to learn HIV results, Malawi",
    source="package StatsPAI (MIT), the paper's own data file",
    fetch=("statspai", "thornton_hiv"),
    rows=4820,
)

TABLES = """
[design]
kind = "randomised"
arm = "any"
comparison = "0"
cluster = "villnum"
estimator = "difference"
standard_errors = "cr1"

[outcome]
column = "got"
measure = "proportion"
better = "higher"
worth_having = 0.1
"""
CONTROLS = 'adjust_for = ["male", "age", "age2", "hiv2004", "rumphi", "balaka", "simaverage"]\n'


def known(table: pd.DataFrame) -> pd.DataFrame:
    """Those whose result, incentive, village and age are known, as in the paper."""
    kept = table.dropna(subset=["got", "any", "villnum", "age"])
    return kept.assign(any=kept["any"].astype(int), age2=kept["age"] ** 2)


REPLICATIONS = (
    Replication(
        DATA,
        "learning-hiv",
        TABLES + CONTROLS,
        (
            Published(
                "came for the result, any incentive",
                ".431",
                "Thornton (2008), table 4, column 1",
                error=".023",
                within=0.005,
                remark="with the paper's controls (sex, age and its square, HIV status, district, average distance),"
                " but 2,825 people, 13 more than the paper counts",
            ),
        ),
        prepare=known,
    ),
    Replication(
        DATA,
        "learning-hiv-given-amount",
        TABLES + CONTROLS.replace('"male"', '"tinc", "male"'),
        (
            Published(
                "came for the result, any incentive, given its amount",
                ".309",
                "Thornton (2008), table 4, column 2",
                error=".026",
                within=0.005,
                remark="the amount's own slope, .091, is no difference of arms and is not asked for by a protocol",
                from_memory=True,
            ),
        ),
        prepare=known,
    ),
    Replication(
        DATA,
        "learning-hiv-means",
        TABLES,
        (
            Published(
                "came without an incentive",
                ".34",
                "Thornton (2008), section III",
                figure="comparison mean",
                from_memory=True,
            ),
            Published(
                "came with an incentive", ".79", "Thornton (2008), section III", figure="treated mean", from_memory=True
            ),
        ),
        prepare=known,
    ),
)
