"""Close elections to the US House, and how liberally the winner votes."""

import pandas as pd

from evidence.replications.published import DataSet, Prepare, Published, Replication

DATA = DataSet(
    name="close-elections",
    title="US House elections and roll-call votes",
    source="package causaldata (MIT)",
    fetch=("causaldata", "close_elections_lmb"),
    rows=13588,
)
BOOK = "Cunningham, Causal Inference: The Mixtape, ch. 6, after Lee, Moretti & Butler (2004)"

TABLES = """
[design]
kind = "randomised"
arm = "won"
comparison = "0"
cluster = "id"
estimator = "difference"
standard_errors = "cr1"

[outcome]
column = "{outcome}"
measure = "mean"
better = "higher"
worth_having = 1
"""


def near(winner: str) -> Prepare:
    """Seats that were won by less than .02 of the vote the time before, and who won then or now."""

    def prepare(table: pd.DataFrame) -> pd.DataFrame:
        kept = table[table["lagdemvoteshare"].between(0.48, 0.52, inclusive="neither")]
        return kept.assign(won=kept[winner].astype(int))[["won", "id", "score", "democrat"]].dropna()

    return prepare


REPLICATIONS = (
    Replication(
        DATA,
        "close-elections-total",
        TABLES.replace("{outcome}", "score"),
        (Published("liberal votes after winning the election before", "21.28", BOOK, "1.95", from_memory=True),),
        prepare=near("lagdemocrat"),
        unit="election",
    ),
    Replication(
        DATA,
        "close-elections-now",
        TABLES.replace("{outcome}", "score"),
        (Published("liberal votes after winning this election", "47.71", BOOK, "1.36", from_memory=True),),
        prepare=near("democrat"),
        unit="election",
    ),
    Replication(
        DATA,
        "close-elections-again",
        TABLES.replace("{outcome}", "democrat"),
        (Published("share that wins again", "0.48", BOOK, "0.03", from_memory=True),),
        prepare=near("lagdemocrat"),
        unit="election",
    ),
)
