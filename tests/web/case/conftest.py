"""Portfolios for tests: many cases and pilots as rows, and one case with a pilot that came to a decision."""

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from clew.gate.portfolio import FINAL
from clew.web import clock
from clew.web.caching import PAGES
from clew.web.case.models import CaseRow
from clew.web.pilot.models import PilotRow

TODAY = date(2027, 6, 1)


@pytest.fixture
def today(monkeypatch) -> date:
    """The day on which the service is asked."""
    monkeypatch.setattr(clock, "now", lambda: datetime(2027, 6, 1, 12, tzinfo=UTC))
    return TODAY


def a_day(rng: random.Random, first: int = -900, last: int = 400) -> date:
    return TODAY + timedelta(days=rng.randint(first, last))


def a_case_row(rng: random.Random, number: int) -> CaseRow:
    return CaseRow(
        case_id=f"case-{number}",
        title=f"Problem {number}",
        title_folded=f"problem {number}",
        phase=rng.choice(["frame", "pilot", "gate", "implement"]),
        status=rng.choice(["idea", "in use"]),
        result=rng.choice(["", "", "better", "worse"]),
        announced=rng.random() < 0.3,
        owner=rng.choice(["", "care office", "school board"]),
        debts=[{"item": "problem evidence", "due": "2027-01-01"}],
        next_due_on=rng.choice([None, a_day(rng)]),
        evaluate_by=rng.choice([None, a_day(rng)]),
        works_outside=rng.random() < 0.6,
        works_within=rng.random() < 0.4,
        opened_on=a_day(rng, last=0),
        changed_at=datetime(2027, 1, 1, tzinfo=UTC) + timedelta(hours=number),
    )


def a_pilot_row(rng: random.Random, number: int) -> PilotRow:
    decided = rng.choice([None, *FINAL])
    locked_on = a_day(rng, last=-100)
    return PilotRow(
        pilot=f"pilot-{number}",
        case_id=f"case-{number}",
        title=f"Trial {number}",
        title_folded=f"trial {number}",
        where="record",
        locked_on=locked_on,
        idea_on=rng.choice([None, locked_on - timedelta(days=40)]),
        decision_by=rng.choice([None, a_day(rng)]),
        decided_on=decided and locked_on + timedelta(days=90),
        decided=decided,
        in_use_on=rng.choice([None, locked_on + timedelta(days=120)]),
        verdict=rng.choice([None, "not yet", "extend", *FINAL]),
        result=rng.choice([None, "gain", "null", "loss"]),
        extensions=rng.choice([0, 0, 1, 2]),
        has_rule=rng.random() < 0.8,
        has_exit=rng.random() < 0.7,
        has_public_input=rng.random() < 0.5,
        after_data=rng.random() < 0.2,
        owner=rng.choice([None, "care office"]),
        overridden_by=rng.choice([None, None, "mayor", "A & B"]),
    )


@pytest.fixture
def many(record, today) -> Callable[[int], None]:
    """Put so many cases and as many pilots into the read tables."""

    def fill(number: int) -> None:
        rng = random.Random(20270601)
        CaseRow.objects.bulk_create(a_case_row(rng, one) for one in range(number))
        PilotRow.objects.bulk_create(a_pilot_row(rng, one) for one in range(number))
        PAGES.clear()  # rows that no event has made

    return fill
