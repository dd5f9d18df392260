"""Protocols, findings and events for tests: sound by default, each test changes only what it is about."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from clew.evaluate.finding import Account, EquityGroup, Estimate, Finding, LookAt
from clew.pilot.protocol import (
    Cost,
    Design,
    Equity,
    Looks,
    Outcome,
    Pilot,
    Population,
    Protocol,
    ScaleRule,
    Size,
)

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def a_protocol(**changes: object) -> Protocol:
    """A clustered pilot with a proportion outcome, cost and equity rules; keyword arguments replace whole parts."""
    protocol = Protocol(
        pilot=Pilot("visits", "Joint first visits", "Alarms work more often", "none", "visits"),
        population=Population("home", "first assessments"),
        design=Design("cluster-randomised", "difference", "cr2", "arm", "control", cluster="district"),
        outcome=Outcome("safe", "proportion", "higher", 0.05),
        looks=Looks("obrien-fleming", 2, 0.05),
        size=Size(units=624, clusters=12, icc=0.03, baseline=0.55),
        scale=ScaleRule(0.0, Decimal("1000.00"), no_group_harmed=True, no_group_under_reached=True),
        equity=(Equity("tongue", 0.0, (("Danish", 0.91), ("other", 0.09)), 0.8),),
        cost=Cost("EUR", Decimal("125.00")),
        stop_effect_upper_bound_below=0.05,
        exit_plan="hand the alarms over to the housing department",
        decision_owner="director of care",
        sha256="0" * 64,
    )
    return replace(protocol, **changes)  # type: ignore[arg-type]


def a_group(**changes: object) -> EquityGroup:
    """A group that gained and was reached."""
    group = EquityGroup("tongue", "Danish", 500, 0.16, (0.05, 0.27), 1.0, harmed=False, hidden=False)
    return replace(group, **changes)  # type: ignore[arg-type]


def a_finding(interval: tuple[float, float] = (0.05, 0.27), look: int = 2, **changes: object) -> Finding:
    """A finding whose effect lies in the middle of `interval`, at a look of two, with nothing amiss."""
    middle = sum(interval) / 2
    error = (interval[1] - interval[0]) / 4.456
    finding = Finding(
        design="cluster-randomised",
        estimator="difference",
        standard_errors="cr2",
        effect=Estimate(middle, error, 10.0, interval, 0.95, 0.017, 624, 12, 312, 312, 0.71, 0.55),
        look=LookAt("obrien-fleming", look, 2, 0, 2.26, 1.97, 0.049, look / 2),
        equity=(a_group(), a_group(group="other", n=56)),
        screens=(),
        account=Account(Decimal("39000.00"), Decimal("781.25"), "EUR"),
        randomisation=None,
        evidence_level=3,
        data_sha256="1" * 64,
    )
    return replace(finding, **changes)  # type: ignore[arg-type]
