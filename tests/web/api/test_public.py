"""What the API tells anybody: the same as pages and record, page by page, with tags; nothing that is not public."""

import hashlib
import json
import re

import pytest
from django.test import Client

from clew.case.desk import load as load_case
from clew.case.desk import picture
from clew.gate.decision import Decide, HearPublic, Override
from clew.gate.desk import seen_at_gate
from clew.record.verify import parse_vkey
from clew.web import clock
from clew.web.api.v1 import Nobody, api
from clew.web.desk import reading
from told import OWNER

NAMED = ("Content-Type", "ETag", "Cache-Control", "Access-Control-Allow-Origin")


def ask(path: str, **more):
    return Client().get(f"/api/v1/{path}", **more)


def told(path: str):
    answer = ask(path)
    assert answer.status_code == 200, answer.content
    return json.loads(answer.content)


def decided(pilot) -> None:
    pilot.said(OWNER, Override("stop", OWNER, "the money is gone", "none"), HearPublic("hearing"))
    pilot.said(OWNER, Decide(OWNER))


def test_a_case_is_its_picture(a_pilot):
    shown = json.loads(json.dumps(picture(load_case(reading(), "bed-fires"), "bed-fires", clock.today())))
    assert told("cases/bed-fires") == shown


def test_a_case_on_a_day_before_it_was_opened_is_not_there(a_pilot):
    answer = ask("cases/bed-fires?on=2026-09-01")
    assert answer.status_code == 404
    assert "2026-09-01" in answer.json()["problems"][0]["what"]
    assert [step["phase"] for step in told("cases/bed-fires?on=2026-09-03")["path"]] == ["pilot"]


def test_a_pilot_is_what_stands_at_the_gate(a_pilot):
    pilot, stands = told("pilots/visits"), json.loads(json.dumps(seen_at_gate(reading(), "visits")))
    assert {name: pilot[name] for name in stands} == stands
    assert pilot["protocol_sha256"] == hashlib.sha256(ask("pilots/visits/protocol.toml").content).hexdigest()


def test_lists_hold_what_there_is(a_pilot):
    assert [one["case"] for one in told("cases")["items"]] == ["bed-fires"]
    assert [(one["pilot"], one["case"]) for one in told("pilots")["items"]] == [("visits", "bed-fires")]
    assert told("portfolio")["pilots"] == 1


def test_an_evaluation_is_the_document_whose_sha256_is_on_the_record(a_pilot):
    (line,) = told("pilots/visits/evaluations")["items"]
    (verdict,) = seen_at_gate(reading(), "visits")["verdicts"]
    assert line["evaluation_sha256"] == verdict["evaluation_sha256"]
    assert line["published"] is True
    content = ask(f"evaluations/{line['evaluation_sha256']}").content
    assert hashlib.sha256(content).hexdigest() == line["evaluation_sha256"]


def test_the_record_page_by_page_is_the_whole_record(a_pilot):
    whole = list(reading().events())
    found, after = [], -1
    while after is not None:
        page = told(f"record/events?after={after}&limit=2")
        assert len(page["items"]) <= 2
        found += page["items"]
        after = page["next"]
    assert [(one["index"], one["kind"], one["by"]) for one in found] == [(one.index, one.kind, one.by) for one in whole]
    assert told("record")["size"] == len(whole)
    assert parse_vkey(told("record")["vkey"])


def test_entries_of_one_kind_and_one_case(a_pilot):
    kinds = {one["kind"] for one in told("record/events?kind=protocol.locked")["items"]}
    assert kinds == {"protocol.locked"}
    assert told("record/events?case=another")["items"] == []
    assert told("record/events/0") == told("record/events")["items"][0]


def test_decisions_are_told_in_order(a_pilot):
    assert told("decisions") == {"items": [], "next": None}
    decided(a_pilot)
    (decision,) = told("decisions")["items"]
    assert decision["kind"] == "decision.taken"


def test_a_proof_is_the_records_own(a_pilot):
    assert ask("record/proofs/1").content.decode() == reading().prove(1)
    assert ask("record/proofs/999").status_code == 404


@pytest.mark.parametrize("path", ["cases", "pilots", "pilots/visits", "pilots/visits/protocol.toml", "record/events"])
def test_who_has_it_already_is_told_so_and_who_has_not_gets_it(a_pilot, path):
    first = ask(path)
    again = ask(path, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]
    assert ask(path, headers={"If-None-Match": '"something else"'}).status_code == 200
    assert first["Access-Control-Allow-Origin"] == "*"


def test_what_changes_gets_another_tag(a_pilot):
    before = ask("pilots/visits")["ETag"]
    decided(a_pilot)
    assert ask("pilots/visits", headers={"If-None-Match": before}).status_code == 200


@pytest.mark.parametrize(
    ("path", "status", "where"),
    [
        ("cases/unknown", 404, ""),
        ("pilots/unknown", 404, ""),
        ("pilots/un_known", 422, "pilot"),
        ("cases/bed%00fires", 422, "case_id"),
        ("cases?limit=0", 422, "limit"),
        ("cases?after=%00", 422, "after"),
        ("record/events?after=99999999999999999999", 422, "after"),
        ("record/events/x", 422, "index"),
        ("cases/bed-fires?on=yesterday", 422, "on"),
        ("nothing", 404, ""),
        ("evaluations/" + "0" * 64, 404, ""),
    ],
)
def test_what_is_wrong_is_said_as_problems(a_pilot, path, status, where):
    answer = ask(path)
    assert answer.status_code == status
    (problem,) = answer.json()["problems"]
    assert problem["where"] == where
    assert problem["what"]
    assert problem["do"]


def operations():
    for prefix, router in api._routers:
        for path, view in router.path_operations.items():
            yield from ((f"{prefix}{path}", operation) for operation in view.operations)


def test_nothing_is_open_unless_it_says_so():
    """Every operation names who may use it; only reading is for anybody; and who names nobody lets nobody in."""
    from ninja.constants import NOT_SET

    found = list(operations())
    assert len(found) >= 14
    assert [path for path, one in found if one.auth_param is NOT_SET] == []
    assert [path for path, one in found if one.auth_param is None and one.methods not in (["GET"], ["HEAD"])] == []
    assert [type(one) for one in api.auth] == [Nobody]
    assert Nobody().authenticate(None, "key") is None


def addresses() -> list[str]:
    """An address of every GET operation, with examples of what there is."""
    there = {"case_id": "bed-fires", "pilot": "visits", "index": "1"}
    paths = [path for path, one in operations() if one.methods == ["GET"]]
    return [re.sub(r"{(\w+)}", lambda name: there.get(name[1], "SHA256"), path).lstrip("/") for path in paths]


@pytest.mark.parametrize("path", [*addresses(), "openapi.json"])
def test_whatever_can_be_read_can_be_asked_for_its_head_alone(a_pilot, path):
    (verdict,) = seen_at_gate(reading(), "visits")["verdicts"]
    path = path.replace("SHA256", verdict["evaluation_sha256"])
    whole, head = ask(path), Client().head(f"/api/v1/{path}")

    assert (whole.status_code, head.status_code, head.content) == (200, 200, b"")
    assert {name: head.get(name) for name in NAMED} == {name: whole.get(name) for name in NAMED}
    if "ETag" in whole:
        again = Client().head(f"/api/v1/{path}", headers={"If-None-Match": whole["ETag"]})
        assert again.status_code == 304


def test_what_cannot_be_read_has_no_head_either(a_pilot):
    assert Client().head("/api/v1/cases/unknown").status_code == 404
    answer = Client().head("/api/v1/pilots/visits/data")
    assert (answer.status_code, answer["Allow"]) in {(405, "POST, PUT"), (405, "PUT, POST")}


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("portfolio", 1),
        ("cases", 1),
        ("cases/bed-fires", 2),
        ("pilots", 1),
        ("pilots/visits", 6),
        ("pilots/visits/evaluations", 7),
        ("record/events", 1),
        ("decisions", 1),
    ],
)
def test_few_queries_answer_it_however_much_there_is(a_pilot, django_assert_max_num_queries, path, most):
    with django_assert_max_num_queries(most):
        told(path)
