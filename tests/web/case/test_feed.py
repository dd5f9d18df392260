"""The Atom feed: decisions, overrides and stops, the newest first, as RFC 4287 wants them."""

import xml.etree.ElementTree as ET
from datetime import datetime

import pytest

from clew.gate.decision import Decide, Override
from clew.gate.events import VerdictComputed
from clew.record.event import Event
from clew.web.case import feed
from clew.web.desk import reading, writing_as
from told import OWNER, Told

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def decided(record, tmp_path, monkeypatch):
    """A pilot whose verdict was overridden and decided."""
    story = Told(tmp_path, monkeypatch).opened().locked().looked(1).looked(2)
    return story.said(OWNER, Override("stop", OWNER, "no <money> & no time", "the evaluator"), Decide(OWNER))


def feed_of(client):
    answer = client.get("/decisions.atom")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    return ET.fromstring(answer.content)


def test_it_holds_decisions_and_overrides_the_newest_first(client, decided):
    titles = [entry.findtext(f"{ATOM}title") for entry in feed_of(client).findall(f"{ATOM}entry")]
    verdict = decided.evaluation.verdict
    assert titles == [
        f"“{OWNER}” decided on pilot “visits”: stop.",
        f"“{OWNER}” overrode the rule for pilot “visits”: stop, not {verdict}.",
    ]


def test_feed_and_entries_have_all_that_atom_requires(client, decided):
    root = feed_of(client)
    assert root.tag == f"{ATOM}feed"
    for element in (root, *root.findall(f"{ATOM}entry")):
        for needed in ("id", "title", "updated"):
            assert len(element.findall(f"{ATOM}{needed}")) == 1
            assert element.findtext(f"{ATOM}{needed}")
        assert datetime.fromisoformat(element.findtext(f"{ATOM}updated")).tzinfo is not None
        assert element.find(f"{ATOM}link").get("href").startswith("http://testserver/")
    assert root.find(f"{ATOM}author/{ATOM}name").text
    assert root.find(f"{ATOM}link[@rel='self']").get("href") == "http://testserver/decisions.atom"
    names = [one.text for one in root.iter(f"{ATOM}id")]
    assert len(set(names)) == len(names)
    assert all(name.startswith("tag:testserver,2026:") for name in names)


def test_the_feed_is_as_new_as_its_newest_entry(client, decided):
    root = feed_of(client)
    assert root.findtext(f"{ATOM}updated") == root.find(f"{ATOM}entry").findtext(f"{ATOM}updated")


def test_an_empty_feed_is_a_feed(client, record):
    root = feed_of(client)
    assert root.findall(f"{ATOM}entry") == []
    assert root.findtext(f"{ATOM}updated")


def test_of_verdicts_only_a_stop_is_in_it(client, record):
    def verdict(said: str) -> VerdictComputed:
        return VerdictComputed("p", 1, said, "why", "", "", "", "0", "1", "-1", "1", "2", (), ())

    with writing_as("o") as (kept, at, by):
        kept.append([Event("c", at, by, verdict(said)) for said in ("scale", "stop", "not yet")], expected_size=0)
        kept.checkpoint()
    titles = [entry.findtext(f"{ATOM}title") for entry in feed_of(client).findall(f"{ATOM}entry")]
    assert titles == ["Look 1 of pilot “p”. The locked rule says: stop."]


def test_a_long_history_is_cut_to_the_latest(client, decided, monkeypatch):
    monkeypatch.setattr(feed, "LATEST", 1)
    assert len(feed_of(client).findall(f"{ATOM}entry")) == 1


def test_who_has_it_already_is_told_so_until_something_happens(client, decided):
    first = client.get("/decisions.atom")
    assert client.get("/decisions.atom", headers={"if-none-match": first["ETag"]}).status_code == 304
    decided.said(OWNER, Decide(OWNER))
    assert client.get("/decisions.atom", headers={"if-none-match": first["ETag"]}).status_code == 200


def test_every_page_leads_to_it(client, record):
    page = client.get("/about").content.decode()
    assert '<link rel="alternate" type="application/atom+xml" title="Decisions" href="/decisions.atom">' in page
    assert reading().size == 0
