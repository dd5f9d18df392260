"""The portfolio's figures, against counts made by hand."""

from datetime import date

from clew.gate.portfolio import PilotLine, Portfolio

TODAY = date(2026, 11, 1)


def line(pilot: str, **values: object) -> PilotLine:
    return PilotLine(pilot, pilot.title(), "folder", **values)  # type: ignore[arg-type]


DRAFT = line("draft")
RUNNING = line("running", locked_on=date(2026, 10, 2), decision_by=date(2026, 11, 1), has_rule=True, has_exit=True)
LATE = line("late", locked_on=date(2025, 11, 1), decision_by=date(2026, 10, 31), extensions=1, has_rule=True)
LATER = line("later", locked_on=date(2026, 1, 1), decision_by=date(2026, 9, 1), overridden_by="mayor", result="null")
DONE = line(
    "done",
    idea_on=date(2026, 1, 1),
    locked_on=date(2026, 1, 31),
    decided_on=date(2026, 5, 1),
    in_use_on=date(2026, 5, 11),
    decision_by=date(2026, 2, 1),
    result="gain",
    overridden_by="mayor",
)
PORTFOLIO = Portfolio(TODAY, (DRAFT, RUNNING, LATE, LATER, DONE))


def test_overdue_is_running_past_its_date_the_longest_first() -> None:
    assert [one.pilot for one in PORTFOLIO.overdue] == ["later", "late"]


def test_median_age_is_of_running_pilots_only() -> None:
    assert PORTFOLIO.median_age_days == 304.0  # of 30, 304 and 365 days


def test_shares_and_counts() -> None:
    figures = PORTFOLIO.to_dict()
    assert figures["pilots"] == 5
    assert figures["running"] == 3
    assert figures["extensions"] == 1
    assert figures["share_with_rule"] == 0.4
    assert figures["share_with_exit"] == 0.2
    assert figures["share_locked"] == 0.8
    assert figures["share_null_or_negative"] == 0.5
    assert figures["overrides"] == {"mayor": 2}


def test_cycle_times_and_the_slowest_step() -> None:
    figures = PORTFOLIO.to_dict()
    assert [cycle["median_days"] for cycle in figures["cycle_times"]] == [30.0, 90.0, 10.0]
    assert figures["slowest_step"] == "test to decision"


def test_an_empty_portfolio_has_no_figures_and_no_errors() -> None:
    figures = Portfolio(TODAY, ()).to_dict()
    assert figures["pilots"] == 0
    assert figures["median_age_days"] is None
    assert figures["share_null_or_negative"] is None
    assert figures["slowest_step"] is None


def test_waiting_is_running_with_a_verdict_that_ends_it() -> None:
    lines = tuple(
        line(f"{verdict}-{decided}", locked_on=date(2026, 1, 1), verdict=verdict, decided_on=decided)
        for verdict in (None, "not yet", "extend", "scale", "adapt", "stop")
        for decided in (None, date(2026, 6, 1))
    )
    assert [one.pilot for one in Portfolio(TODAY, lines).waiting] == ["scale-None", "adapt-None", "stop-None"]


def test_six_of_ten_cases_with_outside_partners_are_sixty_per_cent() -> None:
    partners = (("firm",),) * 6 + (("another public body",),) * 1 + ((),) * 3
    figures = Portfolio(TODAY, (), partners).to_dict()
    assert figures["share_external_collaboration"] == 0.6
    assert figures["share_intra_governmental_collaboration"] == 0.1
    assert Portfolio(TODAY, ()).to_dict()["share_external_collaboration"] is None


def test_a_pilot_that_ended_or_should_have_without_a_result_is_a_gap() -> None:
    assert [one.pilot for one in PORTFOLIO.silent] == ["late"]
    silent = line("silent", locked_on=date(2026, 1, 1), decided_on=date(2026, 5, 1), decided="stop")
    figures = Portfolio(TODAY, (*PORTFOLIO.lines, silent)).to_dict()
    assert figures["without_result"] == ["late", "silent"]
