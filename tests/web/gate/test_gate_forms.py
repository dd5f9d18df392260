"""Acts at the gate through forms: who may, what is checked, what is recorded once, and that nothing typed is lost."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clew.case import commands as ask
from clew.case.desk import do
from clew.gate.decision import HearPublic, SignReview
from clew.gate.decision import fold as fold_gate
from clew.pilot.running import fold as fold_running
from clew.web.desk import reading, writing_as
from clew.web.record.models import EventRow
from pilots import SIX_MONTHS
from told import CASE, EVALUATOR, OWNER, PILOT, REVIEWER

# slug: (who may, what is typed)
ACTS = {
    "hear": (OWNER, {"reference": "hearing of 1 March"}),
    "review": (REVIEWER, {"reference": "report 7/2027"}),
    "answer": (EVALUATOR, {"screen": "differential attrition", "answer": "two districts reported late"}),
    "override": (OWNER, {"decided": "stop", "reason": "the money is gone", "dissent": "none"}),
    "decide": (OWNER, {}),
}


def address(slug: str) -> str:
    return f"/pilots/{PILOT}/{slug}"


def send(client, slug: str, typed: dict[str, str]):
    """Go the whole way: fill in, check, record. Return the last answer and the check page."""
    check = client.post(address(slug), typed)
    assert check.status_code == 200, check.content.decode()
    once = re.search(r'name="once" value="([0-9a-f]+)"', check.content.decode())
    assert once is not None
    return client.post(address(slug), {**typed, "confirmed": "yes", "once": once[1]}), check, once[1]


def gate():
    return fold_gate(reading().events(CASE), PILOT)


def data_with_a_question(folder):
    """The data of six months with outcomes missing in the treated arm alone, so that a check asks about it."""
    lines = ["district,arm,safe,tongue"]
    for arm, districts in (("usual", SIX_MONTHS[0]), ("joint", SIX_MONTHS[1])):
        for district, safe in enumerate(districts):
            for home in range(26):
                outcome = "" if arm == "joint" and home >= 20 else int(home < safe)
                lines.append(f"{arm}{district},{arm},{outcome},{('Danish', 'other')[home % 2]}")
    path = folder / "lost.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def looked(story, tmp_path):
    """A pilot with one look taken, whose data make a check ask a question."""
    told = story().opened().locked().looked(1, data_with_a_question(tmp_path))
    assert [name for name, _ in gate().latest.screens] == ["differential attrition"]
    return told


def test_the_owner_hears_the_public_in_their_own_name(as_, looked):
    answer, check, _ = send(as_(OWNER), "hear", {"reference": "hearing of 1 March"})

    assert answer.status_code == 302
    assert "hearing of 1 March" in check.content.decode()
    assert f"in the name of “{OWNER}”" in check.content.decode()
    assert gate().public_input[0].reference == "hearing of 1 March"
    assert EventRow.objects.order_by("index").last().kind == "gate.public-input-heard"


def test_an_act_reads_its_own_case_and_not_every_lock_of_the_record(as_, looked):
    with CaptureQueriesContext(connection) as asked:
        send(as_(OWNER), "hear", {"reference": "hearing of 1 March"})

    read = [one["sql"] for one in asked if one["sql"].startswith("SELECT") and "record_eventrow" in one["sql"]]
    assert any(CASE in sql for sql in read)
    assert not any("protocol.locked" in sql for sql in read)


def test_the_reviewer_signs_as_their_office(as_, looked):
    send(as_(REVIEWER), "review", {"reference": "report 7/2027", "reviewer": "somebody else"})

    assert [(one.reviewer, one.reference) for one in gate().reviews] == [(REVIEWER, "report 7/2027")]


def test_an_answer_stands_and_the_look_must_be_evaluated_again(as_, client, looked, tmp_path):
    typed = {"screen": "differential attrition", "answer": "two districts reported late"}
    answer, _, _ = send(as_(EVALUATOR), "answer", typed)

    page = as_(EVALUATOR).get(answer["Location"]).content.decode()
    assert "two districts reported late" in page
    assert "The look has to be evaluated again, on the same data" in page
    assert "unanswered: differential attrition" in page

    looked.looked(1, tmp_path / "lost.csv")
    after = client.get(f"/pilots/{PILOT}").content.decode()
    assert "1 flagged, none unanswered" in after
    assert "has to be evaluated again" not in after


def test_an_override_stands_beside_the_verdict_with_its_dissent(as_, client, looked):
    typed = {"decided": "stop", "reason": "the money is gone", "dissent": "the evaluator: one look was left"}
    send(as_(OWNER), "override", typed)

    page = client.get(f"/pilots/{PILOT}").content.decode()
    assert "Decided otherwise: stop" in page
    assert "the evaluator: one look was left" in page
    assert gate().override.role == OWNER
    assert f"The office “{OWNER}” has decided otherwise than the rule in 1 pilot" in page


def test_a_decision_is_taken_once_however_often_it_is_sent(as_, story):
    story().opened().locked().looked(1).looked(2).said(OWNER, HearPublic("minutes")).said(
        REVIEWER, SignReview(REVIEWER, "report 7")
    )
    client = as_(OWNER)
    answer, check, once = send(client, "decide", {})
    size = EventRow.objects.count()

    again = client.post(address("decide"), {"confirmed": "yes", "once": once})

    assert "as the locked rule says" in check.content.decode()
    assert (answer.status_code, again.status_code) == (302, 302)
    assert EventRow.objects.count() == size
    assert [(one.decided, one.owner, one.by_rule) for one in gate().decisions] == [("scale", OWNER, True)]


def test_scaling_waits_for_what_is_missing_and_says_what(as_, client, story):
    story().opened().locked().looked(1).looked(2)

    refused = as_(OWNER).get(address("decide"))
    sent = as_(OWNER).post(address("decide"), {"confirmed": "yes", "once": "1"})

    for answer in (refused, sent):
        assert answer.status_code == 409
        assert "the public&#x27;s input; an independent review" in answer.content.decode()
    assert gate().decisions == ()
    page = client.get(f"/pilots/{PILOT}").content.decode()
    assert "“Scale” cannot be decided yet." in page
    assert "<li>an independent review</li>" in page


def test_a_refusal_of_the_rules_appears_on_the_check_page_with_nothing_lost(as_, looked):
    """Who took a look and is made reviewer afterwards holds the duty, and still cannot review what they did."""
    with writing_as(OWNER) as (record, at, by):
        do(record, CASE, (ask.Leave(EVALUATOR), ask.TakeDuty("reviewer", EVALUATOR)), at=at, by=by)
    before = EventRow.objects.count()

    answer, _, _ = send(as_(EVALUATOR), "review", {"reference": "we did well"})

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "owns or evaluates this pilot and cannot review it" in page
    assert 'name="reference" value="we did well"' in page
    assert EventRow.objects.count() == before


@pytest.mark.parametrize("slug", [slug for slug in ACTS if ACTS[slug][1]])
def test_what_is_left_empty_is_asked_for_again(as_, looked, slug):
    who, typed = ACTS[slug]
    for name in typed:
        answer = as_(who).post(address(slug), {**typed, name: " ", "confirmed": "yes"})
        assert answer.status_code == 422
        assert "There is a problem" in answer.content.decode()


def test_the_computed_verdict_itself_is_no_override(as_, looked):
    page = as_(OWNER).get(address("override")).content.decode()
    assert gate().latest.verdict == "extend"
    assert 'value="extend"' not in page
    assert page.count('name="decided"') == 4


# --- who may ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", ACTS)
def test_nobody_acts_who_is_not_signed_in_and_what_they_typed_is_kept(client, looked, slug):
    before = EventRow.objects.count()
    for answer in (client.get(address(slug)), client.post(address(slug), {**ACTS[slug][1], "confirmed": "yes"})):
        assert answer.status_code == 302
        assert answer["Location"].startswith("/accounts/login/")
    assert EventRow.objects.count() == before


@pytest.mark.parametrize("slug", ACTS)
@pytest.mark.parametrize("office", [OWNER, EVALUATOR, REVIEWER, "court of auditors", "director of parks"])
def test_each_act_is_for_one_duty_alone(as_, looked, slug, office):
    others = (ask.Open("Another case"), ask.TakeDuty("owner", "director of parks"))
    with writing_as("director of parks") as (record, at, by):
        do(record, "parks", others, at=at, by=by)
    who, typed = ACTS[slug]
    if office == who:
        assert as_(office).get(address(slug)).status_code == 200
        return
    before = EventRow.objects.count()
    for answer in (
        as_(office).get(address(slug)),
        as_(office).post(address(slug), {**typed, "confirmed": "yes", "once": "1"}),
    ):
        assert answer.status_code == 403
        assert "may not" in answer.content.decode()
    assert EventRow.objects.count() == before


@pytest.mark.parametrize("slug", ACTS)
def test_a_pilot_that_is_not_there_is_not_found(as_, looked, slug):
    assert as_(OWNER).get(f"/pilots/nobody/{slug}").status_code == 404


def test_the_page_offers_each_office_what_it_may_do_now_and_says_who_may_do_the_rest(as_, client, looked):
    shown = {office: as_(office).get(f"/pilots/{PILOT}").content.decode() for office in (OWNER, EVALUATOR, REVIEWER)}

    def offered(page: str) -> set[str]:
        return {slug for slug in (*ACTS, "data", "amend") if f'href="/pilots/{PILOT}/{slug}"' in page}

    assert offered(shown[OWNER]) == {"hear", "override", "decide", "amend"}
    assert offered(shown[EVALUATOR]) == {"answer", "data"}
    assert offered(shown[REVIEWER]) == {"review"}
    anonymous = client.get(f"/pilots/{PILOT}").content.decode()
    assert offered(anonymous) == set()
    assert f"the owner ({OWNER})" in anonymous
    assert f"the reviewer ({REVIEWER})" in anonymous


def test_before_any_look_nothing_is_offered_that_needs_one(as_, story):
    story().opened().locked()
    for office, expected in ((OWNER, {"hear", "amend"}), (EVALUATOR, {"data"}), (REVIEWER, set())):
        page = as_(office).get(f"/pilots/{PILOT}").content.decode()
        assert {slug for slug in (*ACTS, "data", "amend") if f'href="/pilots/{PILOT}/{slug}"' in page} == expected
    for slug, office in (("override", OWNER), ("decide", OWNER), ("review", REVIEWER), ("answer", EVALUATOR)):
        answer = as_(office).get(address(slug))
        assert answer.status_code == 409
        assert "No look has been taken yet." in answer.content.decode()


def test_a_session_that_ended_in_mid_form_keeps_what_was_typed(client, account, looked):
    made = account(OWNER)
    client.post(address("hear"), {"reference": "a long account of the hearing"})
    client.force_login(made)
    assert "a long account of the hearing" in client.get(address("hear")).content.decode()


ADAPTED = {
    "version": "2",
    "otherwise": "visits by two",
    "why": "one is not let in",
    "proposed_by": "users",
    "part": "core",
}


def test_the_owner_adapts_the_running_pilot_and_closes_a_round_of_it(as_, looked):
    send(as_(OWNER), "adapt", ADAPTED)
    answer, check, _ = send(
        as_(OWNER), "round", {"version": "2", "learning": "two are let in", "next": "go on", "spent": "90.50"}
    )

    assert answer.status_code == 302
    assert "two are let in" in check.content.decode()
    running = fold_running(reading().events(CASE), PILOT)
    assert (running.version, running.proposed_by_users, str(running.spent)) == ("2", 1, "90.50")
    page = as_(OWNER).get(f"/pilots/{PILOT}").content.decode()
    assert "What happened while it ran" in page
    assert "visits by two" in page


def test_a_version_that_is_used_already_is_refused_and_nothing_typed_is_lost(as_, looked):
    answer = as_(OWNER).post(address("adapt"), {**ADAPTED, "version": "1"})
    once = re.search(r'name="once" value="([0-9a-f]+)"', answer.content.decode())
    assert once is not None
    refused = as_(OWNER).post(address("adapt"), {**ADAPTED, "version": "1", "confirmed": "yes", "once": once[1]})
    assert refused.status_code == 409
    assert "is used already" in refused.content.decode()
    assert fold_running(reading().events(CASE), PILOT).adaptations == ()


@pytest.mark.parametrize("slug", ["adapt", "round"])
def test_nobody_but_the_owner_says_what_happened_to_the_pilot(as_, looked, slug):
    assert as_(EVALUATOR).get(address(slug)).status_code == 403
