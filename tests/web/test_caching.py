"""What everybody may see is rendered once until the record or the day changes; what is somebody's own is never kept."""

from datetime import date

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from clew.case.commands import Enter
from clew.case.desk import do
from clew.web import caching
from clew.web.caching import Pages, public_page
from clew.web.case.models import CaseRow
from clew.web.desk import writing_as
from clew.web.follow import rebuild


@pytest.fixture
def page():
    """A public view that counts how often it is really asked."""

    asked = []

    @public_page
    def view(request):
        asked.append(request.path)
        return HttpResponse(f"answer {len(asked)}")

    return view


def get(path="/", **headers):
    return RequestFactory().get(path, **headers)


def test_a_public_page_is_rendered_once_until_the_record_changes(page, a_case):
    assert page(get()).content == page(get()).content == b"answer 1"

    with writing_as("director of care") as (kept, at, by):
        do(kept, a_case, (Enter("evaluate", "look 1"),), at=at, by=by)
    assert page(get()).content == b"answer 2"


def test_a_rebuild_ends_what_was_rendered_from_rows_that_it_mends(client, a_case):
    CaseRow.objects.update(title="Never said")
    assert b"Never said" in client.get("/").content

    rebuild()

    page = client.get("/").content
    assert b"Never said" not in page
    assert b"Elders die in bed fires" in page


def test_another_day_host_or_address_is_another_page(page, a_case, monkeypatch):
    page(get())
    assert page(get("/?show=overdue")).content == b"answer 2"
    assert page(get(HTTP_HOST="localhost")).content == b"answer 3"
    monkeypatch.setattr(caching, "today", lambda: date(2031, 1, 1))
    assert page(get()).content == b"answer 4"


def test_who_has_a_session_or_a_message_gets_a_page_of_their_own(page, a_case):
    page(get())
    for cookie in ("sessionid", "messages"):
        request = get()
        request.COOKIES[cookie] = "x"
        assert "ETag" not in page(request).headers
    assert page(get()).content == b"answer 1"


def test_a_reader_who_has_the_page_already_is_told_so(page, a_case):
    tag = page(get())["ETag"]
    again = page(get(HTTP_IF_NONE_MATCH=tag))
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)
    assert page(get(HTTP_IF_NONE_MATCH='"other"')).status_code == 200


def test_what_is_sent_or_went_wrong_is_never_kept(a_case):
    @public_page
    def refuses(request):
        return HttpResponse("no", status=404)

    assert "ETag" not in refuses(get()).headers
    assert "ETag" not in refuses(RequestFactory().post("/")).headers


def test_pages_asked_for_longest_ago_give_way():
    pages = Pages(most_bytes=10)
    pages.put("a", b"12345", "text")
    pages.put("b", b"12345", "text")
    pages.get("a")
    pages.put("c", b"12345", "text")
    assert [key for key in "abc" if pages.get(key)] == ["a", "c"]
    pages.put("a", b"1", "text")
    pages.put("d", b"1234", "text")
    assert [key for key in "acd" if pages.get(key)] == ["a", "c", "d"]
