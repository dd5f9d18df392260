"""Self-defence laws of US states (castle doctrine) and homicide, 2000 to 2010."""

import pandas as pd

from evidence.replications.published import DataSet, Published, Replication

DATA = DataSet(
    name="castle-doctrine",
    title="Castle doctrine laws and homicide",
    source="package StatsPAI (MIT), the paper's own data file",
    fetch=("statspai", "castle_2013"),
    rows=550,
)
STATA = "Stata's {} on these data, as package StatsPAI documents it"
SINGLE = "Stata keeps the logarithms in single precision"
PLAIN = "two-way fixed effects"

LESSON = """\
**The verdict turns**: weighed by people, plain two-way fixed effects say that castle doctrine laws raise homicide
(.080 as printed, .076 here, the interval above 0), while Callaway & Sant'Anna's estimate, which never compares a state
with one that has the law already, does not show it (.019, standard error .038; weighed .079, .051), so that a rule
which stops where harm is shown would stop such a pilot by the first and not by the second, which is why the first is
only ever given as a warning. (Unweighed, plain two-way fixed effects do not show it either.)"""

TABLES = """
[design]
kind = "staggered-difference-in-differences"
unit = "sid"
period = "year"
treated_from = "start"
against = "never"

[outcome]
column = "l_homicide"
measure = "mean"
better = "lower"
worth_having = 0.05
"""
WEIGHED = TABLES.replace("against", 'weights = "popwt"\nagainst')


def first_full_year(table: pd.DataFrame) -> pd.DataFrame:
    """A state is treated from the first year in which the law held from January on; never: 0."""
    start = (table["effyear"] + 1).fillna(0).astype(int)
    return table.assign(start=start)[["sid", "year", "start", "l_homicide", "popwt"]]


REPLICATIONS = (
    Replication(
        DATA,
        "castle-doctrine",
        TABLES,
        (
            Published(
                "log homicide: Callaway & Sant'Anna",
                "0.019402808",
                STATA.format("csdid"),
                "0.03838876",
                within=1e-5,
                error_within=1e-4,
                remark=SINGLE,
            ),
            Published(
                "log homicide: plain two-way fixed effects",
                "0.069398429",
                STATA.format("xtreg"),
                "0.055859635",
                PLAIN,
                within=1e-5,
                error_within=1e-5,
                remark=SINGLE,
            ),
        ),
        prepare=first_full_year,
        unit="state",
    ),
    Replication(
        DATA,
        "castle-doctrine-weighed",
        WEIGHED,
        (
            Published(
                "log homicide, weighed by people: plain two-way fixed effects",
                "0.075533239",
                STATA.format("xtreg"),
                "0.033193606",
                PLAIN,
                within=1e-5,
                error_within=1e-5,
                remark=SINGLE,
            ),
            Published(
                "the same, as the paper printed it",
                ".0801",
                "Cheng & Hoekstra (2013), table 5",
                ".0342",
                PLAIN,
                within=0.1,
                error_within=0.05,
                remark="the paper counts the share of the first year in which the law held, ours nothing of that year",
            ),
        ),
        prepare=first_full_year,
        unit="state",
        lesson=LESSON,
    ),
)
