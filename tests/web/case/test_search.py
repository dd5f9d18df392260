"""Titles are found whatever the case of what is typed, on either database, also letters that are not ASCII."""

from importlib import import_module

import pytest
from django.apps import apps

from clew.case import commands as ask
from clew.case.desk import do
from clew.pilot.in_record import lock_in
from clew.web.case.models import CaseRow
from clew.web.desk import writing_as
from clew.web.folding import folded
from clew.web.follow import rebuild
from clew.web.pilot.models import PilotRow
from protocol_texts import protocol

TITLE = "Ældre i Ølstykke og Århus: CAFÉ, Straße"
TYPED = [
    "ældre",
    "ÆLDRE",
    "ølSTYKKE",
    "ÅRHUS",
    "A\u030arhus",
    "café",
    "CAFE\u0301",
    "strasse",
    "STRASSE",
    TITLE.upper(),
]


@pytest.fixture
def named(a_case):
    """A case with that title, and one without."""
    with writing_as("director of care") as (kept, at, by):
        do(kept, "named", (ask.Open(TITLE), ask.TakeDuty("owner", by)), at=at, by=by)
    return "named"


def found(client, typed: str) -> set[str]:
    return {row.pk for row in client.get("/", {"q": typed}).context["page"]}


@pytest.mark.parametrize("typed", TYPED)
def test_a_title_is_found_whatever_the_case(client, named, typed):
    assert found(client, typed) == {named}


def test_what_is_not_in_a_title_is_not_found(client, named):
    assert found(client, "ostykke") == set()
    assert found(client, "%") == set()
    assert len(found(client, "")) == 2


def test_a_pilot_is_found_in_its_list(client, a_case):
    with writing_as("director of care") as (kept, at, by):
        lock_in(protocol(), kept, at=at, by=by)
    title = PilotRow.objects.get().title
    page = client.get("/", {"show": "pilots", "q": title.upper()}).context["page"]
    assert [row.title for row in page] == [title]


def test_a_rebuild_fills_what_is_looked_for(client, named):
    CaseRow.objects.update(title_folded="")
    rebuild()
    assert found(client, "ølstykke") == {named}


@pytest.mark.parametrize(("app", "table"), [("case", CaseRow), ("pilot", PilotRow)])
def test_titles_of_an_older_service_are_folded_by_the_step_to_this_version(a_case, app, table):
    with writing_as("director of care") as (kept, at, by):
        lock_in(protocol(), kept, at=at, by=by)
    table.objects.update(title_folded="")

    import_module(f"clew.web.{app}.migrations.0002_title_folded").fold_titles(apps, None)

    assert [row.title_folded for row in table.objects.all()] == [folded(row.title) for row in table.objects.all()]
    assert all(row.title_folded for row in table.objects.all())
