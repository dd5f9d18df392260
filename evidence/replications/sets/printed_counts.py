"""Counts that stand in print, with the exact figures that were printed with them."""

from collections.abc import Callable

import pandas as pd

from evidence.replications.published import DataSet, Published, Replication

IN_PRINT = "counts as printed"


def _printed(name: str, title: str, rows: Callable[[], pd.DataFrame], count: int) -> DataSet:
    return DataSet(name=name, title=title, source=IN_PRINT, fetch=("print", name), rows=count, table=rows)


def two_sides(events: tuple[int, int], exposure: tuple[float, float]) -> Callable[[], pd.DataFrame]:
    """One row a side, the treated first."""
    return lambda: pd.DataFrame({"side": ["treated", "other"], "events": events, "exposure": exposure})


RATES = """
[design]
kind = "rare-events"
arm = "side"
comparison = "other"
exposure = "exposure"

[outcome]
column = "events"
measure = "count"
better = "lower"
worth_having = 0.0001
"""
EXPECTED = """
[design]
kind = "rare-events"
arm = "side"
comparison = "none"
treated = "treated"
expected = "expected"
estimator = "observed-minus-expected"

[outcome]
column = "events"
measure = "count"
better = "lower"
worth_having = 1
"""

FREDERICIA = _printed(
    "lung-cancer", "Lung cancer in four Danish cities, 1968 to 1971", two_sides((11, 21), (800.0, 3011.0)), 2
)
HORMONES = _printed("hormones", "Heart disease and hormone use, US nurses", two_sides((60, 30), (51477.5, 54308.7)), 2)
FLUOROSCOPY = _printed(
    "fluoroscopy", "Breast cancer after fluoroscopy, Massachusetts", two_sides((41, 15), (28010.0, 19017.0)), 2
)
FAY = _printed("two-in-many", "A worked example of rare events", two_sides((2, 9), (17877.0, 16660.0)), 2)
NICKEL = _printed(
    "nickel-workers",
    "Cancer deaths of Welsh nickel workers",
    lambda: pd.DataFrame({"side": ["treated"], "events": [137], "expected": [24.19893]}),
    1,
)
CHOLERA = _printed(
    "cholera",
    "Cholera deaths by water supply, London, 1854",
    two_sides((1263, 98), (40046.0, 26107.0)),
    2,
)

R = "R's documentation of poisson.test, its example {}"
GU = "Gu et al. (2008), Biometrical Journal 50:283, as tested in package statsmodels"
EXACTCI = "R's package exactci on the example of Gu et al. (2008), as tested in package statsmodels"
SNOW = "Snow (1855), On the Mode of Communication of Cholera, table IX"

REPLICATIONS = (
    Replication(
        FREDERICIA,
        "lung-cancer",
        RATES,
        (
            Published("ratio of rates", "1.971488", R.format("eba1977"), figure="ratio of rates"),
            Published("the same: lower end, 95 %", "0.8584264", R.format("eba1977"), figure="ratio of rates lower"),
            Published("the same: upper end", "4.2772659", R.format("eba1977"), figure="ratio of rates upper"),
        ),
    ),
    Replication(
        HORMONES,
        "hormones",
        RATES,
        (
            Published("ratio of rates", "2.10999757175465", EXACTCI, figure="ratio of rates"),
            Published("exact p-value, one side", "0.000428", GU, figure="p", per=0.5),
            Published(
                "exact p-value, both sides",
                "0.000675182658686321",
                EXACTCI,
                figure="p",
                within=0.3,
                remark="exactci adds up the less likely splits of the other side; ours is twice the smaller tail, which"
                " agrees with the interval",
            ),
        ),
    ),
    Replication(
        FLUOROSCOPY,
        "fluoroscopy",
        RATES,
        (
            Published(
                "ratio of rates",
                "1.86",
                "Rothman, Greenland & Lash, Modern Epidemiology, ch. 14",
                figure="ratio of rates",
            ),
        ),
    ),
    Replication(
        FAY, "two-in-many", RATES, (Published("exact p-value", ".05011", "Fay (2010), R Journal 2(1):55", figure="p"),)
    ),
    Replication(
        NICKEL,
        "nickel-workers",
        EXPECTED,
        (
            Published(
                "observed over expected", "5.661407", R.format("Welsh nickel workers"), figure="standardised ratio"
            ),
            Published(
                "the same: lower end, 95 %",
                "4.753125",
                R.format("Welsh nickel workers"),
                figure="standardised ratio lower",
            ),
            Published(
                "the same: upper end", "6.692709", R.format("Welsh nickel workers"), figure="standardised ratio upper"
            ),
        ),
    ),
    Replication(
        CHOLERA,
        "cholera",
        RATES,
        (
            Published(
                "deaths a 10,000 houses, Southwark and Vauxhall",
                "315",
                SNOW,
                figure="rate, treated",
                per=1e4,
                from_memory=True,
            ),
            Published(
                "deaths a 10,000 houses, Lambeth",
                "37",
                SNOW,
                figure="rate, comparison",
                per=1e4,
                from_memory=True,
                remark="98 of 26,107 are 37.5; Snow cut the decimals off",
                within=0.02,
            ),
        ),
        unit="house",
    ),
)
