"""An agreement with reservations: the example of the joint visits, its triggers, and what cannot be written down."""

from datetime import date

import pytest

from clew.deliberate.agreement import Agreement, Trigger, Voice, fired, not_measured
from clew.errors import InputError

VOICES = (
    Voice("fire chief", 1),
    Voice("care leader", 1),
    Voice("union", 3, "Visits must not lengthen the working day."),
    Voice("citizen", 3, "No policing of my home."),
    Voice("finance", 4, "I see no figure for costs."),
    Voice("landlord", 5, "Tenants will ask me to pay."),
)
TRIGGERS = (
    Trigger("citizen", "refusals in %", "above", 15),
    Trigger("finance", "cost a visit in EUR", "above", 90),
    Trigger("union", "visits that end in time in %", "below", 95),
)
VISITS = Agreement("Care and fire service make the first visit together.", VOICES, date(2027, 3, 1), TRIGGERS)


def test_support_is_told_by_steps_and_reservations_word_for_word() -> None:
    assert VISITS.by_step == (2, 0, 2, 1, 1, 0, 0)
    assert (VISITS.support, VISITS.blocks) == (4, 0)
    assert [voice.party for voice in VISITS.reservations] == ["union", "citizen", "finance", "landlord"]
    assert VISITS.reservations[1].reservation == "No policing of my home."


def test_whoever_holds_the_reservation_is_alerted_when_his_trigger_fires() -> None:
    measured = {"refusals in %": 12.0, "cost a visit in EUR": 104.5, "visits that end in time in %": 97.0}
    (alert,) = fired(VISITS, measured)
    assert alert.holder == "finance"
    assert alert.sentence == "cost a visit in EUR is 104.5, above the 90 at which finance wants to talk again."
    assert [each.holder for each in fired(VISITS, {**measured, "visits that end in time in %": 80.0})] == [
        "finance",
        "union",
    ]


def test_at_the_limit_nothing_fires_and_what_nobody_measures_is_named() -> None:
    measured = {"refusals in %": 15.0, "cost a visit in EUR": float("nan")}
    assert fired(VISITS, measured) == ()
    assert [each.holder for each in not_measured(VISITS, measured)] == ["finance", "union"]


def test_it_is_looked_at_again_from_its_review_day() -> None:
    assert [VISITS.is_due(date(2027, 2, 28)), VISITS.is_due(date(2027, 3, 1))] == [False, True]


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(InputError) as error:
        Agreement(
            "x",
            (Voice("a", 0), Voice("b", 7, "  "), Voice("c", 2), Voice("c", 3)),
            date(2027, 3, 1),
            (Trigger("d", "cost", "above", 1), Trigger("c", "delay", "above", float("inf"))),
        )
    assert [one.where for one in error.value.problems] == ["a", "b", "c", "d", "c"]
    assert "b: “blocks it” has no reason. Write down the reservation." in str(error.value)
