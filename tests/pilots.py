"""A pilot for tests, whole: its protocol file, and the data of two looks (the fire-safety story)."""

from pathlib import Path

PROTOCOL = """\
[pilot]
id = "visits"
title = "Joint first visits"
hypothesis = "Homes are safer 90 days after a joint visit."
existing_data = "none"
case = "bed-fires"

[population]
unit = "home"
eligible = "first assessments"

[design]
kind = "cluster-randomised"
arm = "arm"
comparison = "usual"
cluster = "district"

[outcome]
column = "safe"
measure = "proportion"
better = "higher"
worth_having = 0.12

[[equity]]
column = "tongue"
eligible_shares = {Danish = 0.5, other = 0.5}
reach_at_least = 0.8

[looks]
method = "obrien-fleming"
planned = 1

[size]
units = 312
clusters = 12
icc = 0.02
baseline = 0.55

[cost]
currency = "EUR"
per_treated_unit = "125.00"

[scale]
effect_lower_bound_above = 0.0
cost_per_outcome_at_most = "1000.00"
no_group_harmed = true
no_group_under_reached = true

[extend]
times = 1
[exit]
plan = "alarms stay"
[public_input]
by = 2027-03-01
[decision]
by = 2027-06-01
owner = "director of care"
"""

SIX_MONTHS = ((20, 13, 17, 11, 16, 15), (15, 15, 17, 19, 19, 22), 26)
TWELVE_MONTHS = ((35, 27, 34, 21, 26, 30), (33, 33, 36, 41, 40, 40), 52)


def write_data(path: Path, counts: tuple[tuple[int, ...], tuple[int, ...], int]) -> Path:
    usual, joint, homes = counts
    lines = ["district,arm,safe,tongue"]
    for arm, successes in (("usual", usual), ("joint", joint)):
        for district, safe in enumerate(successes):
            for home in range(homes):
                lines.append(f"{arm}{district},{arm},{int(home < safe)},{('Danish', 'other')[home % 2]}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
