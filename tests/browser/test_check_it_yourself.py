"""In a real browser: one click checks the whole record, and a changed byte in the database is named with its place."""

import sqlite3
from contextlib import closing

import pytest

from browsing import NARROW, WIDE
from services import Service

FILL = """
from dataclasses import dataclass
from typing import ClassVar
from clew.record.event import Event
from clew.web.desk import writing_as

@dataclass(frozen=True, slots=True)
class NoteMade:
    kind: ClassVar[str] = "note.made"
    text: str

with writing_as("evaluation unit") as desk:
    notes = [Event(f"case-{n % 7}", desk.at, desk.by, NoteMade(f"note {n}")) for n in range(300)]
    desk.record.append(notes)
    desk.record.checkpoint()
"""
CHANGE = """
from clew.web.record.models import StoredFile
stored = StoredFile.objects.get(name={name!r})
content = bytes(stored.content)
assert {old!r} in content
stored.content = content.replace({old!r}, {new!r}, 1)
stored.save()
"""
FLIP = """
from clew.web.record.models import StoredFile
stored = StoredFile.objects.get(name={name!r})
content = bytearray(stored.content)
content[{at}] ^= 1
stored.content = bytes(content)
stored.save()
"""
REWRITE = """
import json
from clew.record.log import Record
from clew.record.verify import TreeHead, pack_entries
from clew.record import tiles
from clew.web.record.models import StoredFile
from clew.web.record.store import DatabaseStore
entries = list(Record(DatabaseStore()).entries())
del entries[100]  # an entry left out, and everything signed anew over the rest
signer = Record(DatabaseStore())._signer()
growth = tiles.Growth(0, [[]], [])
for entry in entries:
    growth.add(entry)
root = growth.finish()
StoredFile.objects.filter(name__startswith="tile/").delete()
StoredFile.objects.bulk_create(StoredFile(name=name, content=content) for name, content in growth.files.items())
head = signer.sign(TreeHead(signer.name, growth.size, root))
StoredFile.objects.filter(name="checkpoint").update(content=head.note.encode())
"""
NO_ED25519 = """
const real = crypto.subtle.importKey.bind(crypto.subtle);
crypto.subtle.importKey = (form, key, kind, ...more) =>
  kind.name === "Ed25519" ? Promise.reject(new DOMException("", "NotSupportedError")) : real(form, key, kind, ...more);
"""


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """A service of its own with 300 entries."""
    made = Service(tmp_path_factory.mktemp("record") / "workspace", database="")
    with made.start():
        made.python(FILL)
        yield made


@pytest.fixture
def own_service(filled):
    """The same, whose log may be damaged: afterwards it is whole again."""
    with closing(sqlite3.connect(filled.workspace / "clew.sqlite3", timeout=30)) as database:
        files = database.execute("SELECT name, content FROM record_storedfile").fetchall()
        yield filled
        with database:
            database.execute("DELETE FROM record_storedfile")
            database.executemany("INSERT INTO record_storedfile (name, content) VALUES (?, ?)", files)


def check_in(page) -> str:
    page.goto("/record/")
    page.get_by_role("button", name="Check every entry now").focus()
    page.keyboard.press("Enter")
    said = page.locator("#check-said .clew-said--good, #check-said .clew-said--bad")
    said.wait_for()
    return f"{page.locator('#check-said').inner_text()}\n{page.locator('#check-found').inner_text()}"


def without_script(browser_page, service, check) -> str:
    page = browser_page(javascript=False, url=service.url)
    page.goto("/record/")
    page.get_by_role("button", name="Let the server check").click()
    return str(page.locator("main").inner_text())


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_a_whole_record_holds_by_keyboard_alone_and_the_page_stays_accessible(browser_page, own_service, check, size):
    page = browser_page(size, url=own_service.url)
    page.goto("/record/")
    check(page)

    assert "Every one of 300 entries holds." in check_in(page)
    check(page)
    for address in ("/record/entries", "/record/entries/299", "/record/check"):
        page.goto(address)
        check(page)


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (
            CHANGE.format(name="tile/entries/001.p/44", old=b"note 290", new=b"note 291"),
            ["Entry 290: tile/0/001.p/44 is not what the entries give", "the root computed from the entries"],
        ),
        (FLIP.format(name="tile/0/000", at=32 * 100), ["Entry 100: tile/0/000 is not what the entries give"]),
        (FLIP.format(name="tile/1/000.p/1", at=5), ["tile/1/000.p/1 is not what the entries give"]),
        (FLIP.format(name="tile/entries/000", at=0), ["tile/entries/000", "an entry runs past the end at byte"]),
        (CHANGE.format(name="checkpoint", old=b"\n300\n", new=b"\n299\n"), ["the signature by", "does not fit"]),
        (FLIP.format(name="vkey", at=20), ["vkey"]),
        (REWRITE, ["Entry 106, case case-2", "stands where number 14 after entry 93 is due"]),
    ],
    ids=["entry", "hash", "upper hash", "framing", "checkpoint", "key", "left out"],
)
def test_what_was_changed_is_named_with_its_place_in_the_browser_and_without_script(
    browser_page, own_service, check, damage, told
):
    own_service.python(damage)
    page = browser_page(url=own_service.url)
    here, there = check_in(page), without_script(browser_page, own_service, check)

    assert "Something does not hold" in here
    assert "Something does not hold" in there
    for words in told:
        assert words in here, here
        assert words in there, there
    check(page)


def test_a_lost_file_is_named(browser_page, own_service):
    own_service.python(
        "from clew.web.record.models import StoredFile; StoredFile.objects.filter(name='tile/0/000').delete()"
    )
    assert "tile/0/000 is missing" in check_in(browser_page(url=own_service.url))


@pytest.mark.parametrize(
    ("without", "why"),
    [
        ("Object.defineProperty(globalThis, 'isSecureContext', {value: false})", "not fetched over https"),
        (
            NO_ED25519,
            "does not know Ed25519",
        ),
    ],
    ids=["no https", "no Ed25519"],
)
def test_a_browser_that_cannot_check_says_why_and_what_to_do(browser_page, own_service, check, without, why):
    page = browser_page(url=own_service.url)
    page.add_init_script(without)
    said = check_in(page)

    assert why in said
    assert "Nothing was checked. Use one of the two ways below." in said
    check(page)
