"""National Supported Work: training for people long out of work."""

from evidence.replications.published import DataSet, Published, Replication

DATA = DataSet(
    name="job-training",
    title="National Supported Work, men",
    source="package causaldata (MIT)",
    fetch=("causaldata", "nsw_mixtape"),
    rows=445,
    means=(("re78", 5300.763699),),
)

TABLES = """
[design]
kind = "randomised"
arm = "treat"
comparison = "0"
estimator = "difference"
standard_errors = "classical"

[outcome]
column = "re78"
measure = "mean"
better = "higher"
worth_having = 500
"""

REPLICATIONS = (
    Replication(
        DATA,
        "job-training",
        TABLES,
        (
            Published("earnings in 1978, dollars", "1,794", "Dehejia & Wahba (1999), table 5", error="633"),
            Published(
                "the same",
                "1,794.34",
                "Cunningham, Causal Inference: The Mixtape, ch. 5",
                remark="the simple difference in outcomes of the experiment",
                from_memory=True,
            ),
        ),
    ),
)
