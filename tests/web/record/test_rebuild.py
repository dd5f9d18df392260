"""`clew rebuild`: deleted read tables come back to the byte, in few queries; a damaged log changes nothing."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clew.case import commands as ask
from clew.case.desk import do
from clew.errors import RecordError
from clew.pilot.in_record import lock_in
from clew.web.caching import PAGES
from clew.web.case.models import CaseRow
from clew.web.desk import reading, writing_as
from clew.web.follow import READ_TABLES, follow, rebuild
from clew.web.pilot.models import PilotRow
from clew.web.record.models import EventRow, StoredFile
from protocol_texts import protocol


def every_row() -> dict[str, list[dict]]:
    """Every row of every read table, with all its columns."""
    return {
        table.__name__: [
            {key: bytes(value) if isinstance(value, memoryview) else value for key, value in row.items()}
            for row in table.objects.order_by("pk").values()
        ]
        for table in READ_TABLES
    }


@pytest.fixture
def several_cases(a_case):
    """A case with a locked pilot and three without, appended by many small writes."""
    with writing_as("director of care") as (kept, at, by):
        lock_in(protocol(), kept, at=at, by=by)
    for number in range(3):
        case = f"other-{number}"
        with writing_as("city office") as (kept, at, by):
            do(kept, case, (ask.Open(f"Problem {number}"), ask.TakeDuty("owner", "city office")), at=at, by=by)
        with writing_as("city office") as (kept, at, by):
            do(kept, case, (ask.StateProposition("people", "to live well", "measured"),), at=at, by=by)
    return [a_case, "other-0", "other-1", "other-2"]


def addresses(cases: list[str]) -> list[str]:
    pilots = PilotRow.objects.values_list("pilot", flat=True)
    entries = [f"/record/entries/{index}" for index in range(reading().size)]
    return [
        "/", "/record/", "/record/checkpoint", "/record/entries", *entries,
        *(f"/cases/{case}" for case in cases), *(f"/pilots/{pilot}" for pilot in pilots),
    ]  # fmt: skip


def test_deleted_read_tables_come_back_to_the_byte_and_with_them_every_page(client, several_cases):
    before, asked = every_row(), addresses(several_cases)
    pages = {address: client.get(address).content for address in asked}
    assert all(before.values()), "every read table has rows that could get lost"
    for table in READ_TABLES:
        table.objects.all().delete()
    PAGES.clear()
    assert client.get("/").content != pages["/"]

    assert rebuild() == len(before["EventRow"])

    assert every_row() == before
    PAGES.clear()
    assert {address: client.get(address).content for address in asked} == pages


def test_a_row_too_many_or_changed_behind_the_record_is_put_right(several_cases):
    before = every_row()
    CaseRow.objects.filter(case_id=several_cases[0]).update(title="Never said")
    CaseRow.objects.filter(case_id=several_cases[1]).update(case_id="invented")
    EventRow.objects.filter(index=1).delete()

    rebuild()

    assert every_row() == before


def test_a_damaged_log_is_refused_and_everything_left_as_it_was(several_cases):
    before = every_row()
    for one in StoredFile.objects.filter(name__startswith="tile/entries/"):
        one.content = bytes(one.content).replace(b"Elders", b"Nobody")
        one.save()

    with pytest.raises(RecordError, match="do not belong under the signed root"):
        rebuild()
    assert every_row() == before


def queries_of(action) -> int:
    with CaptureQueriesContext(connection) as asked:
        action()
    return len(asked)


def fill(note, events: int, cases: int) -> None:
    with writing_as("somebody") as desk:
        for number in range(cases):
            opening = (ask.Open(f"Problem {number}"), ask.TakeDuty("owner", "somebody"))
            do(desk.record, f"case-{number}", opening, at=desk.at, by=desk.by)
        left = range(events - desk.record.size)
        desk.record.append([note(number, f"case-{number % cases}") for number in left])
        desk.record.checkpoint()


def test_rebuilding_costs_the_same_number_of_queries_however_many_cases_there_are(record, note):
    fill(note, 5_000, 40)
    seen = []
    few = queries_of(lambda: seen.append(rebuild()))
    assert seen == [5_000]
    assert CaseRow.objects.count() == 40
    with writing_as("somebody") as desk:
        for number in range(60):
            do(desk.record, f"late-{number}", (ask.Open("Late"),), at=desk.at, by=desk.by)
    assert queries_of(rebuild) <= few + 2, "sixty more cases, not one query more each"
    assert few < 100


def test_following_costs_the_same_number_of_queries_however_long_a_case_is(record, note):
    fill(note, 20, 1)
    short = queries_of(lambda: follow(list(reading().events("case-0"))))
    with writing_as("somebody") as desk:
        desk.record.append([note(number, "case-0") for number in range(500)])

    assert queries_of(lambda: follow(list(reading().events("case-0")))) == short
    assert short <= 4


def test_progress_is_told_for_every_event_twice(several_cases):
    told = []
    size = rebuild(told.append)
    assert sum(told) == 2 * size
