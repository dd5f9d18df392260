"""Protocol files for tests: one sound text; a test changes the lines that it is about."""

from clew.pilot.parse import parse_protocol
from clew.pilot.protocol import Protocol

SOUND = """\
[pilot]
id = "visits"
title = "Joint first visits"
hypothesis = "Alarms work more often"
existing_data = "none"

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
worth_having = 0.2

[[equity]]
column = "tongue"
eligible_shares = {Danish = 0.91, other = 0.09}
reach_at_least = 0.8

[looks]
method = "obrien-fleming"
planned = 2

[size]
units = 800
clusters = 30
cluster_size_cv = 0.0
icc = 0.03
baseline = 0.55

[cost]
currency = "EUR"
per_treated_unit = "125.00"

[scale]
effect_lower_bound_above = 0.0
cost_per_outcome_at_most = "1000.00"
no_group_harmed = true
no_group_under_reached = true

[stop]
effect_upper_bound_below = 0.15

[extend]
times = 1

[exit]
plan = "alarms stay, the housing department looks after them"

[public_input]
by = 2027-03-01

[decision]
by = 2027-06-01
owner = "director of care"

[publics]
users = "safer homes"
obligatees = "a second uniform at the door"
taxpayers = "125 euros a visit"
public_at_large = "neighbours in shared buildings"
"""


def changed(*changes: tuple[str, str], text: str = SOUND) -> str:
    """The sound text with each (old, new) replaced; every old text must be there once."""
    for old, new in changes:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
        text = text.replace(old, new)
    return text


def without_table(name: str, text: str = SOUND) -> str:
    """The sound text without one table."""
    tables = text.split("\n\n")
    kept = [table for table in tables if not table.startswith((f"[{name}]", f"[[{name}]]"))]
    assert len(kept) == len(tables) - 1
    return "\n\n".join(kept)


def protocol(*changes: tuple[str, str], text: str = SOUND) -> Protocol:
    """The sound protocol with changed lines."""
    return parse_protocol(changed(*changes, text=text).encode(), "visits.toml")
