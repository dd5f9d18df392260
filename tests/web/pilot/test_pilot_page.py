"""The page of a pilot, state by state: every figure on it is the evaluation's, every event has its entry."""

import html
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from clew.gate.decision import Decide, HearPublic, Override, SignReview
from clew.report import report_of
from clew.report.figures import units_of
from clew.report.words import meaning
from clew.web import clock
from clew.web.desk import reading
from clew.web.evaluate.models import LookRun, PublishedEvaluation
from pilots import PROTOCOL, SIX_MONTHS, write_data
from told import OWNER, PILOT, REVIEWER

PAGE = f"/pilots/{PILOT}"


def text_of(answer) -> str:
    """Return what a reader reads: no tags, single spaces."""
    main = re.search(r"<main.*?</main>", answer.content.decode(), re.DOTALL)
    assert main is not None
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main[0])).split())


def read(client, address: str = PAGE) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return text_of(answer)


def test_locked_without_data_it_says_what_was_promised_and_that_nothing_is_known_yet(client, story):
    told = story().opened().locked()

    page = read(client)

    assert "Promised, not evaluated yet" in page
    assert "It says nothing about whether the pilot works." in page
    assert "Smallest effect worth having: 12 percentage points." in page
    assert "Awaited: look 1 of 1 planned look." in page
    assert told.protocol.sha256 in page
    assert "What was found" not in page
    assert page.count("When the data will be looked at") == 2  # in the list of parts, and above its own


def test_further_outcomes_are_promised_before_data_and_told_after(client, story, tmp_path):
    told = story()
    further = '[[secondary]]\ncolumn = "false_alarms"\nmeasure = "count"\nbetter = "lower"\n\n[[equity]]'
    told.text = PROTOCOL.replace("[[equity]]", further)
    told.opened().locked()
    page = read(client)
    assert "“false alarms”: the number a home. Lower is better." in page
    assert page.count("can neither earn nor block a verdict") == 1

    head, *rows = write_data(tmp_path / "with.csv", SIX_MONTHS).read_text("utf-8").splitlines()
    more = [f"{row},{place % 3 + (',joint,' in row)}" for place, row in enumerate(rows)]
    (tmp_path / "with.csv").write_text("\n".join([f"{head},false_alarms", *more]) + "\n", "utf-8")
    told.looked(1, tmp_path / "with.csv")

    page = read(client)
    (found,) = told.evaluation.finding.secondary
    assert found.moved == "worse"
    assert "“false alarms” moved the wrong way: +1.0" in page
    assert page.count("can neither earn nor block a verdict") == 2


def test_the_verdict_and_its_figures_are_the_evaluation_s(client, story):
    told = story().opened().locked().looked(1)
    evaluation = told.evaluation
    units = units_of(evaluation.protocol, evaluation.finding.effect.std_error)

    page = read(client)

    said = meaning(evaluation, units)
    assert all(part in page for part in (said.headline, said.means, said.not_mean))
    assert units.effect(evaluation.finding.effect.estimate) in page
    assert units.span(evaluation.finding.effect.interval) in page
    for reason in evaluation.judgement.reasons:
        assert f"{reason.needed} {reason.found}" in page
    assert evaluation.judgement.why in page
    assert "Awaited: extension 1 of 1." in page


def test_several_looks_stand_in_the_plot_with_their_limits_and_as_figures(client, story):
    told = story().opened().locked().looked(1).looked(2)

    page = read(client)

    for evaluation in told.evaluations:
        effect, look = evaluation.finding.effect, evaluation.finding.look
        assert f"{effect.estimate / effect.std_error:.2f} {look.boundary:.2f}" in page
    assert "1 (2026-09-04) " in page
    assert "2, this one (2026-09-05) " in page


def test_an_amendment_after_data_stand_for_ever(client, story):
    story().opened().locked().looked(1).amended("worth_having = 0.12", "worth_having = 0.10", "alarms are cheaper now")

    page = read(client)

    assert "Changed after data began." in page
    assert "Change 1 after data began" in page
    assert "alarms are cheaper now" in page
    assert "outcome. worth_ having 0.12 0.1" in page
    assert "The promise was changed after this verdict" in page
    assert "exercise, not a promise kept" not in page  # the verdict itself was judged by the promise as it was


def test_a_decision_that_is_not_earned_yet_says_at_once_what_is_missing(client, story):
    told = story().opened().locked().looked(1).looked(2)
    awaited = "Awaited: the decision. Still missing for it: the public's input; an independent review. Accountable"
    assert awaited in read(client)
    told.said(OWNER, HearPublic("hearing of 1 March")).said(REVIEWER, SignReview(REVIEWER, "report 7/2027"))
    assert "Awaited: the decision. Accountable" in read(client)


def test_decided_by_the_rule_it_says_by_whom_and_waits_for_nothing(client, story):
    told = story().opened().locked().looked(1).looked(2)
    told.said(OWNER, HearPublic("hearing of 1 March")).said(REVIEWER, SignReview(REVIEWER, "report 7/2027"))
    told.said(OWNER, Decide(OWNER))

    page = read(client)

    assert f"Decided: scale, by {OWNER} on 8 September 2026, as the rule says" in page
    assert "hearing of 1 March" in page
    assert f"{REVIEWER}: report 7/2027" in page
    assert "Awaited" not in page
    assert "Still missing" not in page


def test_an_override_stands_beside_the_computed_verdict(client, story):
    told = story().opened().locked().looked(1)
    told.said(OWNER, Override("stop", OWNER, "the money is gone", "the evaluator: one look was left"))

    page = read(client)

    assert "Computed verdict Extend: undecided so far" in page
    assert "Decided otherwise: stop" in page
    assert "Dissent the evaluator: one look was left" in page


def test_small_groups_stay_hidden(client, story, tmp_path):
    path = tmp_path / "small.csv"
    lines = ["district,arm,safe,tongue"]
    for arm, safe in (("usual", 11), ("joint", 17)):
        for district in range(6):
            for home in range(26):
                tongue = "other" if district == 0 and home < 7 else "Danish"
                lines.append(f"{arm}{district},{arm},{int(home < safe + district)},{tongue}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    told = story().opened().locked().looked(1, path)
    assert [group.hidden for group in told.evaluation.finding.equity] == [False, True]

    page = read(client)

    assert "other withheld withheld" in page
    assert "fewer than ten units in an arm" in page


def test_a_harmed_group_is_marked_in_colour_and_in_words(client, story, tmp_path):
    path = tmp_path / "harm.csv"
    lines = ["district,arm,safe,tongue"]
    for arm, (danish, other) in (("usual", (6, 11)), ("joint", (12, 4))):
        for district in range(6):
            for home in range(26):
                safe = danish if home < 13 else other
                lines.append(
                    f"{arm}{district},{arm},{int(home % 13 < safe + district % 2)},{'Danish' if home < 13 else 'other'}"
                )
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    told = story().opened().locked().looked(1, path)
    (harmed,) = [group for group in told.evaluation.finding.equity if group.harmed]

    content = client.get(PAGE).content.decode()

    row = re.search(r'<tr role="row" class="bad">.*?</tr>', content, re.DOTALL)
    assert row is not None
    units = units_of(told.protocol, told.evaluation.finding.effect.std_error)
    assert harmed.group in row[0]
    assert units.span(harmed.interval) in row[0]
    assert '<strong class="bad">harmed</strong>' in row[0]


def test_registered_after_data_began_stands_above_everything(client, story):
    text = PROTOCOL.replace('existing_data = "none"', 'existing_data = "seen"')
    story(text=text).opened().locked().looked(1)

    page = read(client)

    assert page.index("Registered after data began.") < page.index("Extend: undecided so far")
    assert "exercise, not a promise kept" in page


def test_made_up_data_say_so(client, story):
    story(text=PROTOCOL.replace('case = "bed-fires"', 'case = "bed-fires"\nsynthetic = true')).opened().locked()
    assert "Made-up data: this pilot is an example and never took place." in read(client)


def test_a_look_that_is_being_computed_is_told_at_once(client, story):
    told = story().opened().locked()
    read(client)
    LookRun.objects.create(
        id="6f0a9c1e-0000-4000-8000-000000000001", task="6f0a9c1e-0000-4000-8000-000000000002", title="Look 1",
        pilot=PILOT, look=1, uploads=[], office="evaluation unit", state="running", step="Reading the data",
        page="/looks/1", asked_at=told.at, changed_at=told.at,
    )  # fmt: skip
    assert "Look 1 is being computed: Reading the data." in read(client)
    LookRun.objects.update(state="failed")
    assert "is being computed" not in read(client)


@pytest.mark.parametrize(
    ("day", "said"), [(1, None), (2, "The decision is 1 day late"), (11, "The decision is 10 days late")]
)
def test_a_decision_that_is_late_says_how_late(client, story, monkeypatch, day, said):
    story().opened().locked()
    monkeypatch.setattr(clock, "now", lambda: datetime(2027, 6, day, tzinfo=UTC))
    page = read(client)
    assert ("late: it was promised by 1 June 2027." in page) == (said is not None)
    assert (said or "Awaited") in page


def test_looks_to_come_stand_with_the_limits_that_they_are_expected_to_have(client, story):
    told = story(text=PROTOCOL.replace("planned = 1", "planned = 3")).opened().locked()
    assert "When the data will be looked at" in read(client)
    assert len(re.findall(r"Look \d \(to come\)", read(client))) == 3

    told.looked(1)

    page = read(client)
    assert "Look 1 (this one)" in page
    assert len(re.findall(r"Look \d \(to come\)", page)) == 2


def test_a_decided_pilot_has_no_looks_to_come(client, story):
    told = story().opened().locked().looked(1)
    assert "Look 2 (to come)" in read(client)
    told.said(OWNER, Override("stop", OWNER, "the money is gone", "none"), Decide(OWNER))
    assert "(to come)" not in read(client)


# --- where every figure comes from ------------------------------------------------------------------------------------


def test_every_event_leads_to_its_entry_proof_and_document(client, story):
    told = story().opened().locked().looked(1).looked(2)
    told.said(OWNER, HearPublic("minutes")).said(REVIEWER, SignReview(REVIEWER, "report"))
    evaluation_sha256 = PublishedEvaluation.objects.get(look=2).sha256

    content = client.get(PAGE).content.decode()

    leads = set(re.findall(r'href="(/record/[^"]+)"', content))
    assert f"/record/documents/{evaluation_sha256}" in leads
    assert len([one for one in leads if "tlog-proof" in one]) == 2
    assert len([one for one in leads if re.fullmatch(r"/record/entries/\d+", one)]) >= 4
    for address in leads:
        assert client.get(address).status_code == 200, address


def test_without_the_published_document_the_page_tells_what_the_record_holds(client, story):
    told = story().opened().locked().looked(1).looked(2, published=False)
    verdict = told.evaluation

    page = read(client)

    assert "The published evaluation is not kept here" in page
    assert "Scale" in page
    assert units_of(told.protocol, verdict.finding.effect.std_error).effect(verdict.finding.effect.estimate) in page
    for reason in verdict.judgement.reasons:
        assert f"{reason.needed} {reason.found}" in page
    assert "How the looks went" in page
    assert "For whom The effect in each group" not in page
    assert client.get(f"{PAGE}/report.html").status_code == 404


def test_a_document_that_is_not_the_recorded_one_is_not_shown(client, story):
    story().opened().locked().looked(1)
    kept = PublishedEvaluation.objects.get()
    forged = bytes(kept.content).replace(b'"verdict": "extend"', b'"verdict": "scale"')
    assert forged != bytes(kept.content)
    PublishedEvaluation.objects.update(content=forged)

    page = read(client)

    assert "is not the one whose SHA-256 stands on the record" in page
    assert "Extend: undecided so far" in page


def test_the_protocol_is_served_to_the_byte(client, story):
    told = story().opened().locked()
    answer = client.get(f"{PAGE}/protocol.toml")
    assert answer.content == told.text.encode()
    assert answer["Content-Disposition"] == 'attachment; filename="visits.toml"'
    before, sha256 = told.text, told.protocol.sha256
    told.amended("worth_having = 0.12", "worth_having = 0.10", "alarms are cheaper now")
    assert client.get(f"{PAGE}/protocol.toml").content == told.text.encode()
    assert client.get(f"{PAGE}/protocol.toml?sha256={sha256}").content == before.encode()
    assert client.get(f"{PAGE}/protocol.toml?sha256={'0' * 64}").status_code == 404


def test_the_report_to_keep_is_the_command_line_s(client, story):
    told = story().opened().locked().looked(1)

    answer = client.get(f"{PAGE}/report.html")

    evaluation, note = told.evaluation, reading().published.note  # the page knows the checkpoint after the look
    same = replace(evaluation, locked=replace(evaluation.locked, checkpoint=note))
    assert answer.content.decode() == report_of(same, reading())
    style = re.search(r"style-src '(sha256-[^']+)'", answer.content.decode())
    assert style is not None
    assert f"style-src '{style[1]}'" in answer["Content-Security-Policy"]


# --- as it was --------------------------------------------------------------------------------------------------------


def test_any_past_day_is_shown_as_it_was(client, story):
    told = story().opened().locked().looked(1).looked(2)
    assert told.at.date() == date(2026, 9, 5)

    assert "Promised, not evaluated yet" in read(client, f"{PAGE}?on=2026-09-03")
    before = read(client, f"{PAGE}?on=2026-09-04")
    assert "Extend: undecided so far" in before
    assert "This is what the record said at the end of 4 September 2026" in before
    assert "Who may do what" not in before
    assert "Extend: undecided so far" not in read(client)
    assert client.get(f"{PAGE}?on=2026-08-01").status_code == 404
    assert client.get(f"{PAGE}?on=yesterday").status_code == 422
    assert "This is what the record said" not in read(client, f"{PAGE}?on={clock.today().isoformat()}")
    later = (told.at + timedelta(days=365 * 40)).date().isoformat()
    assert client.get(f"{PAGE}?on={later}").status_code == 422, "as the case page has it"


def test_a_pilot_that_is_not_there_is_said_not_to_be(client, record):
    for address in ("/pilots/nobody", "/pilots/nobody/protocol.toml", "/pilots/nobody/report.html"):
        answer = client.get(address)
        assert answer.status_code == 404
        assert "no pilot &quot;nobody&quot; is locked" in answer.content.decode()
    assert client.post(PAGE).status_code == 405
