"""Drafts come in as files, go out as files, are listed for who may see them, and are thrown away on purpose alone."""

from dataclasses import replace
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from clew.pilot.parse import parse_protocol
from clew.web.pilot.models import ProtocolDraft
from pilot_drafting import EVALUATOR, OWNER, begin

EXAMPLE = (Path(__file__).parents[3] / "examples/fire-safety-visits/protocol.toml").read_text(encoding="utf-8")


def bring(client, case, **sent):
    return client.post(reverse("draft-new", args=[case]), sent)


@pytest.mark.parametrize("way", ["file", "text"])
def test_a_protocol_file_becomes_a_draft_of_this_case_and_a_file_again(a_case, as_, way):
    owner = as_(OWNER)
    sent = {"text": EXAMPLE} if way == "text" else {"file": SimpleUploadedFile("p.toml", EXAMPLE.encode())}
    assert bring(owner, a_case, **sent).status_code == 302
    draft = ProtocolDraft.objects.get()

    out = owner.get(reverse("draft-export", args=[draft.id]))
    assert out.headers["Content-Disposition"] == 'attachment; filename="fire-safety-visits.toml"'
    before, after = parse_protocol(EXAMPLE.encode(), "p"), parse_protocol(out.content, "p")
    assert after.pilot.case == a_case
    assert replace(after, pilot=before.pilot, text="", sha256="") == replace(before, text="", sha256="")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[pilot\n", "This is no valid TOML"),
        (
            EXAMPLE.replace('"district"', '"di\\nstrict"').replace('"safe_at', '" safe_at'),
            "a value that a form cannot show",
        ),
    ],
)
def test_a_file_that_cannot_be_taken_over_is_refused_and_its_text_kept(a_case, as_, text, said):
    answer = bring(as_(OWNER), a_case, text=text)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert text.splitlines()[0] in answer.content.decode()
    assert not ProtocolDraft.objects.exists()


def test_what_no_protocol_knows_is_said_to_be_left_out(a_case, as_):
    owner = as_(OWNER)
    bring(owner, a_case, text=EXAMPLE + "\n[weather]\nsky = 'blue'\n")
    draft = ProtocolDraft.objects.get()

    page = owner.get(reverse("draft-review", args=[draft.id])).content.decode()
    assert "weather.sky" in page


def test_a_case_lists_its_drafts_to_owner_and_evaluator_alone(a_case, as_, client):
    draft = begin(as_(OWNER), a_case)
    page, address = reverse("case", args=[a_case]), reverse("draft", args=[draft.id])

    for office, sees in ((OWNER, True), (EVALUATOR, True), ("audit office", False), ("somebody", False)):
        assert (address in as_(office).get(page).content.decode()) is sees
    assert address not in client.get(page).content.decode()


def test_a_draft_is_thrown_away_only_when_one_is_sure(a_case, as_):
    owner = as_(OWNER)
    draft = begin(owner, a_case)
    address = reverse("draft-remove", args=[draft.id])

    assert "Throw the draft" in owner.post(address).content.decode()
    assert ProtocolDraft.objects.exists()
    assert owner.post(address, {"sure": "yes"}).url == reverse("case", args=[a_case])
    assert not ProtocolDraft.objects.exists()


def test_a_draft_opens_where_it_was_left(a_case, as_):
    owner = as_(OWNER)
    draft = begin(owner, a_case)
    step = reverse("draft-step", args=[draft.id, "why"])
    assert owner.get(reverse("draft", args=[draft.id])).url == step

    assert owner.post(step, {"pilot-title": "x", "go": "anyway"}).url == reverse(
        "draft-step", args=[draft.id, "comparison"]
    )
    assert owner.get(reverse("draft", args=[draft.id])).url == reverse("draft-step", args=[draft.id, "comparison"])
    assert owner.post(step, {"pilot-title": "x", "go": "leave"}).url == reverse("case", args=[a_case])


def test_groups_are_added_one_after_another(a_case, as_):
    owner = as_(OWNER)
    draft = begin(owner, a_case)
    step = reverse("draft-step", args=[draft.id, "groups"])

    owner.post(step, {"equity-0-column": "language", "go": "add"})
    assert 'name="equity-1-column"' in owner.get(step).content.decode()
    owner.post(step, {"equity-0-column": "language", "equity-1-column": "sex", "go": "on"})
    owner.post(step, {"equity-0-column": "", "equity-1-column": "sex", "go": "on"})
    said = ProtocolDraft.objects.get().typed["said"]
    assert {name: text for name, text in said.items() if name.endswith("column") and text and "equity" in name} == {
        "equity-1-column": "sex"
    }


def test_further_outcomes_are_added_one_after_another(a_case, as_):
    owner = as_(OWNER)
    draft = begin(owner, a_case)
    step = reverse("draft-step", args=[draft.id, "further-outcomes"])
    one = {"secondary-0-column": "false_alarms", "secondary-0-measure": "count", "secondary-0-better": "lower"}

    owner.post(step, {**one, "go": "add"})
    page = owner.get(step).content.decode()
    assert 'name="secondary-1-column"' in page
    assert "Outcome 2" in page
    answer = owner.post(step, {**one, "secondary-1-column": "false_alarms", "go": "on"})
    assert answer.status_code == 422
    said = answer.content.decode()
    assert "&quot;false_alarms&quot; is a further outcome already" in said
    assert 'href="#id_secondary-1-measure"' in said
    owner.post(step, {**one, "secondary-1-column": "", "go": "on"})
    exported = owner.get(reverse("draft-export", args=[draft.id])).content.decode()
    assert '[[secondary]]\ncolumn = "false_alarms"\nmeasure = "count"\nbetter = "lower"\n' in exported
    assert exported.count("[[secondary]]") == 1
