"""One small protocol for every kind of design, for its reference page; each of them parses."""

HEAD = """\
[pilot]
id = "{name}"
title = "{title}"
hypothesis = "{hypothesis}"
existing_data = "none"

[population]
unit = "{unit}"
eligible = "{eligible}"

[design]
kind = "{kind}"
{design}
[outcome]
{outcome}
[scale]
effect_lower_bound_above = 0.0

[exit]
plan = "It ends with the year; what was set up is handed over or taken down."

[public_input]
by = 2028-03-01

[decision]
by = 2028-06-01
owner = "council"
"""


def _example(kind: str, who: tuple[str, str, str], people: tuple[str, str], design: str, outcome: str) -> str:
    name, title, hypothesis = who
    unit, eligible = people
    return HEAD.format(
        kind=kind,
        name=name,
        title=title,
        hypothesis=hypothesis,
        unit=unit,
        eligible=eligible,
        design=design.lstrip("\n"),
        outcome=outcome.lstrip("\n"),
    )


EXAMPLES = {
    "randomised": _example(
        "randomised",
        (
            "reminders",
            "A reminder before the appointment",
            "A reminder the day before brings more people to their appointment.",
        ),
        ("person", "people with an appointment at the citizens' office"),
        """
arm = "letter"
comparison = "none"
block = "office"
""",
        """
column = "came"
measure = "proportion"
better = "higher"
worth_having = 0.05
""",
    ),
    "cluster-randomised": _example(
        "cluster-randomised",
        ("homework-help", "Help with homework in the afternoon", "Schools that help with homework lose fewer pupils."),
        ("pupil", "pupils of years 7 to 9"),
        """
arm = "arm"
comparison = "usual"
cluster = "school"
pair = "pair"
""",
        """
column = "reading"
measure = "mean"
better = "higher"
worth_having = 3
adjust_for = ["reading_before"]
""",
    ),
    "stepped-wedge": _example(
        "stepped-wedge",
        ("home-visits", "Home visits after a fall", "Visits at home after a fall prevent the next one."),
        ("person", "people over 75 who have fallen"),
        """
cluster = "district"
period = "quarter"
treated_from = "visits_from"
""",
        """
column = "fell_again"
measure = "proportion"
better = "lower"
worth_having = 0.03
""",
    ),
    "random-rollout": _example(
        "random-rollout",
        ("listening", "Training in listening", "Officers who were trained get fewer complaints."),
        ("officer", "officers on patrol"),
        """
unit = "officer"
period = "month"
treated_from = "trained_from"
""",
        """
column = "complaints"
measure = "mean"
better = "lower"
worth_having = 0.01
""",
    ),
    "difference-in-differences": _example(
        "difference-in-differences",
        ("free-buses", "Free buses on Saturdays", "Free buses bring more people into the town centre."),
        ("town", "towns of 20,000 to 100,000 people"),
        """
unit = "town"
period = "month"
treated = "free_bus"
from = "2027-03-01"
""",
        """
column = "visitors"
measure = "mean"
better = "higher"
worth_having = 200
""",
    ),
    "staggered-difference-in-differences": _example(
        "staggered-difference-in-differences",
        ("day-care", "Longer hours of day care", "Where day care is open longer, more parents work."),
        ("municipality", "all municipalities of the region"),
        """
unit = "municipality"
period = "year"
treated_from = "longer_from"
against = "not-yet"
""",
        """
column = "parents_at_work"
measure = "mean"
better = "higher"
worth_having = 0.01
""",
    ),
    "regression-discontinuity": _example(
        "regression-discontinuity",
        (
            "rent-support",
            "Support for the rent below an income",
            "Households that are supported are evicted less often.",
        ),
        ("household", "households that applied"),
        """
running = "income"
cutoff = 1800
treated_side = "below"
""",
        """
column = "evicted"
measure = "proportion"
better = "lower"
worth_having = 0.02
""",
    ),
    "synthetic-control": _example(
        "synthetic-control",
        ("parking-charge", "A charge for parking in the centre", "Fewer cars come into the centre."),
        ("city", "cities of more than 100,000 people"),
        """
unit = "city"
period = "year"
treated_unit = "Northport"
from = 2027
""",
        """
column = "cars_a_day"
measure = "mean"
better = "lower"
worth_having = 500
""",
    ),
    "synthetic-difference-in-differences": _example(
        "synthetic-difference-in-differences",
        ("tobacco-levy", "A levy on tobacco", "A levy on tobacco makes people smoke less."),
        ("state", "states without another levy"),
        """
unit = "state"
period = "year"
treated_unit = "Westmark"
from = 2027
""",
        """
column = "packs_a_head"
measure = "mean"
better = "lower"
worth_having = 3
""",
    ),
    "interrupted-time-series": _example(
        "interrupted-time-series",
        ("one-number", "One number for all calls", "With one number, calls are answered sooner."),
        ("call", "calls to the city"),
        """
period = "month"
from = "2027-04"
season = 12
control = "minutes_elsewhere"
""",
        """
column = "minutes"
measure = "mean"
better = "lower"
worth_having = 2
""",
    ),
    "encouragement": _example(
        "encouragement",
        ("course-by-invitation", "Invited to a language course", "Those who take the course find work sooner."),
        ("person", "people registered as looking for work"),
        """
arm = "invited"
comparison = "no"
received = "took_course"
""",
        """
column = "at_work"
measure = "proportion"
better = "higher"
worth_having = 0.05
""",
    ),
    "rare-events": _example(
        "rare-events",
        ("smoke-alarms", "Smoke alarms fitted on the first visit", "Fewer people die in fires at home."),
        ("district", "districts of the city"),
        """
period = "year"
from = 2027
exposure = "person_years"
""",
        """
column = "deaths"
measure = "count"
better = "lower"
worth_having = 0.00001
""",
    ),
}
