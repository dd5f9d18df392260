"""The server's check of itself, without JavaScript: a changed byte is named with its place."""

import html
import re

import pytest

from clew.web.desk import writing_as
from clew.web.record.models import StoredFile
from clew.web.record.views import one_check_at_a_time


@pytest.fixture
def grown(record, note):
    with writing_as("somebody") as desk:
        desk.record.append([note(number, f"case-{number % 7}") for number in range(300)])
        desk.record.checkpoint()


def said(client) -> str:
    """The words of the page, without its marks."""
    page = client.get("/record/check").content.decode()
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)))


def change(name: str, old: bytes, new: bytes) -> None:
    stored = StoredFile.objects.get(name=name)
    assert old in bytes(stored.content)
    StoredFile.objects.filter(name=name).update(content=bytes(stored.content).replace(old, new, 1))


def test_a_whole_record_is_said_to_hold_and_who_says_so(client, grown):
    words = said(client)

    assert "Every one of 300 entries holds" in words
    assert "This was the server checking itself" in words


def test_an_empty_record_holds(client, record):
    assert "The record is empty, and its signature holds" in said(client)


def test_a_changed_byte_of_an_entry_is_named_with_its_entry_and_file(client, grown):
    change("tile/entries/001.p/44", b"note 290", b"note 291")
    words = said(client)

    assert "Something does not hold" in words
    assert "Entry 290" in words
    assert "tile/0/001.p/44 is not what the entries give" in words


def test_a_changed_hash_is_named_with_its_entry_and_file(client, grown):
    stored = StoredFile.objects.get(name="tile/0/000")
    content = bytearray(stored.content)
    content[32 * 100] ^= 1
    StoredFile.objects.filter(name="tile/0/000").update(content=bytes(content))

    assert "Entry 100 : tile/0/000 is not what the entries give" in said(client)


def test_a_lost_file_a_stray_one_and_a_changed_checkpoint_are_named(client, grown):
    StoredFile.objects.filter(name="tile/0/000").delete()
    StoredFile.objects.create(name="tile/0/007", content=b"stray")
    change("checkpoint", b"\n300\n", b"\n299\n")
    words = said(client)

    assert "tile/0/000 is missing" in words
    assert "tile/0/007 is not a file of this record" in words
    assert "the signature by clew.local/tests does not fit" in words


def test_one_check_at_a_time(client, grown):
    with one_check_at_a_time:
        answer = client.get("/record/check")
    assert answer.status_code == 409
    assert client.get("/record/check").status_code == 200


def test_the_page_says_what_the_record_is_and_how_to_check_it(client, grown):
    page = client.get("/record/").content.decode()

    for words in (
        "clew.local/tests+",
        "300 entries",
        "python3 verify.py http://testserver/record",
        "\n300\n",
        "clew verify",
    ):
        assert words in page, words


@pytest.mark.parametrize("name", ["checkpoint", "vkey"])
def test_where_the_head_is_damaged_the_page_says_so_and_the_checks_stay_in_reach(client, grown, name):
    change(name, b"clew.local/tests", b"clew.local/texts")
    page = client.get("/record/")

    assert page.status_code == 200
    assert b"Do not rely on this record." in page.content
    assert b"Let the server check" in page.content
    assert "Something does not hold" in said(client)
