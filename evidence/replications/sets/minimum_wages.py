"""State minimum wages and teen employment in 500 counties, 2003 to 2007."""

from evidence.replications.published import DataSet, Published, Replication

DATA = DataSet(
    name="minimum-wages",
    title="Minimum wages and teen employment",
    source="package did (GPL-2), in the folder beside the project",
    fetch=("shared", "mpdta.csv"),
    rows=2500,
)
PAGE = "package did, article “Getting started”, after Callaway & Sant'Anna (2021)"
CHANCE = "the printed standard error is from a bootstrap and changes with its seed"

STUDY = (
    ("at the start", "-0.0199", "0.0119"),
    ("1 after the start", "-0.0510", "0.0173"),
    ("2 after the start", "-0.1373", "0.0438"),
    ("3 after the start", "-0.1008", "0.0341"),
)

TABLES = """
[design]
kind = "staggered-difference-in-differences"
unit = "countyreal"
period = "year"
treated_from = "first.treat"
against = "never"
{aggregate}
[outcome]
column = "lemp"
measure = "mean"
better = "higher"
worth_having = 0.01
"""

REPLICATIONS = (
    Replication(
        DATA,
        "minimum-wages",
        TABLES.replace("{aggregate}", 'aggregate = "event-time"\n'),
        (
            Published(
                "log teen employment, mean over years since the rise",
                "-0.0772",
                PAGE,
                "0.0208",
                error_within=0.05,
                remark=CHANCE,
            ),
            *(
                Published(f"{name} of the rise", value, PAGE, error, name, error_within=0.2, remark=CHANCE)
                for name, value, error in STUDY
            ),
            Published("mean over groups", "-0.0310", PAGE, figure="average by group"),
            Published("mean over all county-years", "-0.0400", PAGE, figure="average by overall"),
            *(
                Published(f"counties whose wage rose in {year}", value, PAGE, figure=f"start {year}")
                for year, value in (("2004", "-0.0797"), ("2006", "-0.0229"), ("2007", "-0.0261"))
            ),
        ),
        unit="county",
    ),
)
