"""The page of a case: one glance, its path, what it owes; as it stands now, and as it stood on any past day."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse

from clew.case import commands as ask
from clew.case.desk import do
from clew.case.state import fold
from clew.gate.decision import Decide, Override
from clew.web import clock
from clew.web.case.page import case_page, visits
from clew.web.desk import reading, writing_as
from told import CASE, EVALUATOR, OWNER, START, Told


def text_of(response) -> str:
    """The page as somebody hears it: tags taken out, one space between words."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


@pytest.fixture
def story(record, tmp_path, monkeypatch):
    """A case from its opening on 2 September 2026 to a decision, each step a day after the one before."""
    told = Told(tmp_path, monkeypatch)
    monkeypatch.setattr(clock, "now", lambda: told.at + timedelta(days=1))
    return told.opened()


def done(story: Told, *commands: object) -> Told:
    """Do something in the case on the next day."""
    story._tomorrow()
    with writing_as(OWNER) as (kept, at, by):
        do(kept, story.case, commands, at=at, by=by)
    return story


PROPOSITION = ask.StateProposition("elders at home", "no death in a bed fire", "deaths a year")
AGAIN = ask.StateProposition("elders at home", "no death in a bed fire", "alarms that work", reason="deaths are rare")


def test_in_one_glance_phase_owner_result_status_and_next_evaluation(client, story):
    page = text_of(client.get(f"/cases/{CASE}"))
    assert "Phase pilot What would convince us?" in page
    assert f"Accountable {OWNER}" in page
    assert "Result open" in page
    assert "Status idea no innovation until it is in use" in page
    assert "Next evaluation 1 March 2027" in page  # 180 days after 2 September 2026
    assert "Announced in public" not in page


def test_an_announced_case_shows_what_it_owes_and_what_is_overdue(client, a_case, monkeypatch):
    later = clock.now() + timedelta(days=45)
    monkeypatch.setattr(clock, "now", lambda: later)
    page = text_of(client.get(f"/cases/{a_case}"))
    assert "Announced in public before it was thought through: it still owes 3 pieces of evidence" in page
    owed = page[page.index("Evidence owed What the phases") :]
    assert "15 days overdue" in owed[: owed.index("those affected heard")]  # problem evidence, due after 30 days
    assert "overdue" not in owed[owed.index("those affected heard") : owed.index("Pilots")]


def test_the_path_with_its_loop_is_drawn_and_stands_in_a_table_with_reasons(client, story):
    done(story, PROPOSITION)
    done(story, ask.Enter("frame", "wrong problem"))
    done(story, ask.Enter("pilot", "again"))
    html = client.get(f"/cases/{CASE}").content.decode()
    assert html.count('class="clew-thread clew-thread--back"') == 1
    assert html.count('class="clew-thread"') == 1
    assert "3 steps, 1 loop back. pilot, then back to frame, then pilot." in html
    table = html[html.index("Steps of the path, with the reasons") : html.index("</details>")]
    for said in ("opened", "back to frame", "wrong problem", "again"):
        assert f">{said}</td>" in table
    assert "error" not in table


def test_every_event_is_told_and_leads_to_its_entry(client, story):
    story.locked().looked(1).looked(2).said(OWNER, Override("stop", OWNER, "no money", "none"), Decide(OWNER))
    html = client.get(f"/cases/{CASE}").content.decode()
    history = tuple(reading().events(CASE))
    happened = html[html.index('id="happened"') :]
    assert [int(one) for one in re.findall(r'href="/record/entries/(\d+)"', happened)] == [o.index for o in history]
    assert len(history) > 12
    assert "visits” overrode" not in happened
    assert f"“{OWNER}” overrode the rule for pilot “visits”: stop, not " in unescape(happened)


def test_a_pilot_stands_with_verdict_decision_and_override(client, story):
    story.locked().looked(1).looked(2).said(OWNER, Override("stop", OWNER, "no money", "the evaluator"), Decide(OWNER))
    html = client.get(f"/cases/{CASE}").content.decode()
    part = unescape(html[html.index('id="pilots"') : html.index('id="people"')])
    verdict = story.evaluation.verdict
    assert 'href="/pilots/visits"' in part
    assert f'data-label="The rule says">{verdict} ' in part
    assert "<strong>stop</strong>" in part
    assert "against the rule" in part
    assert f"{OWNER} overrode “{verdict}” with “stop”: no money Dissent: the evaluator" in part


def test_drift_lists_restated_goals_and_amendments_with_day_and_reason(client, story):
    done(story, PROPOSITION)
    before = text_of(client.get(f"/cases/{CASE}"))
    assert "Nothing: goals and indicators are those that were said first." in before
    done(story, AGAIN)
    story.locked().amended("alarms stay", "all alarms stay", "clearer")
    page = text_of(client.get(f"/cases/{CASE}"))
    drift = page[page.rindex("What was aimed at first") :]
    assert "4 September 2026 : the public value proposition deaths are rare" in drift
    assert "how one would notice deaths a year alarms that work" in drift
    assert "the protocol of pilot visits clearer" in drift


def test_orphans_partners_and_novelty_are_shown(client, story):
    done(
        story,
        ask.TakeDuty("risk: refusals", "care office"),
        ask.Leave("care office"),
        ask.Join("Red Cross", "civil society"),
        ask.DeclareNovelty("Greve", "originated"),
    )
    page = text_of(client.get(f"/cases/{CASE}"))
    assert "Nobody is accountable any more for: risk: refusals." in page
    assert "Red Cross civil society" in page
    assert "Greve originated" in page


def test_on_a_past_day_it_is_the_fold_up_to_that_day(client, story):
    done(story, PROPOSITION)
    done(story, ask.Enter("frame", "wrong problem"))
    page = text_of(client.get(f"/cases/{CASE}?on=2026-09-03"))
    assert (
        "As the record knew it on 3 September 2026. 2 September 2026 came before. 4 September 2026 came next." in page
    )
    assert "Phase pilot" in page
    assert "wrong problem" not in page
    assert "Phase frame" in text_of(client.get(f"/cases/{CASE}?on=2026-09-04"))


def test_every_past_state_is_the_fold_of_the_events_of_those_days(story):
    done(story, PROPOSITION)
    done(story, ask.Enter("frame", "wrong problem"))
    done(story, ask.Enter("pilot", "again"))
    history = tuple(reading().events(CASE))
    for number in range(1, 5):
        day = (START + timedelta(days=number)).date()
        seen = case_page(CASE, history, today=day, on=day)
        assert seen.case == fold(one for one in history if one.at.date() <= day)
        assert sum(1 + len(visit.happened) for visit in visits(seen.history)) == len(seen.history)


@pytest.mark.parametrize("asked", ["tomorrow", "2026-13-01", "2026-09", "9999-01-01", "%00", "1" * 500])
def test_a_wrong_day_is_named_and_the_page_is_there(client, story, asked):
    page = client.get(f"/cases/{CASE}?on={asked}")
    assert page.status_code == 422
    assert re.search(r"is no day\. Write it like 2027-03-01\.|has not come yet\.", text_of(page))
    assert "Elders die in bed fires" in text_of(page)
    assert b"As the record knew it on <" not in page.content


def test_a_day_before_the_case_says_when_it_begins(client, story):
    page = client.get(f"/cases/{CASE}?on=2020-01-01")
    assert page.status_code == 404
    assert "knew nothing of this case on 2020-01-01. The case begins on 2026-09-02." in text_of(page)


def test_a_case_that_is_not_there_is_missing(client, record):
    assert client.get("/cases/nobody").status_code == 404


def test_forms_are_offered_to_whom_they_are_open_and_to_nobody_else(client, story, as_):
    propose = reverse("case-do", args=[CASE, "propose"])
    assert propose in as_(OWNER).get(f"/cases/{CASE}").content.decode()
    assert propose not in as_(EVALUATOR).get(f"/cases/{CASE}").content.decode()
    assert reverse("case-do", args=[CASE, "give-evidence"]) in as_(EVALUATOR).get(f"/cases/{CASE}").content.decode()
    assert "/do/" not in client.get(f"/cases/{CASE}").content.decode()
    assert "/do/" not in as_(OWNER).get(f"/cases/{CASE}?on=2026-09-02").content.decode()


def test_what_people_wrote_is_shown_as_text(client, record):
    hostile = '<script>alert("x")</script> & “quotes” \u202e'
    commands = (
        ask.Open(hostile, announced=True),
        ask.StateProposition(hostile, hostile, hostile),
        ask.TakeDuty(hostile, hostile),
        ask.Join(hostile, "firm"),
        ask.Enter("convene", hostile),
        ask.Close("worse", hostile),
    )
    with writing_as("owner") as (kept, at, by):
        do(kept, "hostile", commands, at=at, by=by)
    for address in ("/cases/hostile", "/", "/?show=cases"):
        assert b"<script>alert" not in client.get(address).content


def test_two_hundred_events_take_a_dozen_queries(client, story, django_assert_max_num_queries):
    done(story, PROPOSITION, *(ask.GiveEvidence(f"item {one}", "paper") for one in range(100)))
    done(story, *(ask.Enter(("frame", "convene")[one % 2], "again") for one in range(100)))
    with django_assert_max_num_queries(12):
        page = client.get(f"/cases/{CASE}")
    assert page.content.count(b"clew-events__when") == 205
