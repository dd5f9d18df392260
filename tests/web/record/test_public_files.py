"""What of the record is served, exactly as C2SP tlog-tiles has it, and that nothing else of it ever is."""

import hashlib
import json

import pytest

from clew.case import commands as ask
from clew.case.desk import do
from clew.record.verify import leaf_hash, parse_vkey, unpack_entries, verify_proof
from clew.web.desk import reading, writing_as
from clew.web.evaluate.models import PublishedEvaluation
from clew.web.record.models import PrivateFile, StoredFile


@pytest.fixture
def grown(a_case, note):
    """A record of 300 entries: a full tile and bundle, partial ones, and a personal value among the private files."""
    with writing_as("somebody") as desk:
        desk.record.append([note(number, f"case-{number % 7}") for number in range(desk.record.size, 299)])
        desk.record.append([note(299, "case-1", name="Ann Smith")])
        desk.record.checkpoint()
    return a_case


def test_every_public_file_is_served_as_it_lies_with_its_type_and_caching(client, grown):
    names = list(StoredFile.objects.values_list("name", flat=True))
    assert {"checkpoint", "vkey", "tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1", "tile/entries/000"} <= set(names)
    for name in names:
        served = client.get(f"/record/{name}")
        assert served.status_code == 200, name
        assert served.content == bytes(StoredFile.objects.get(name=name).content), name
        assert served["Access-Control-Allow-Origin"] == "*"
        text = name in {"checkpoint", "vkey"}
        assert served["Content-Type"] == ("text/plain; charset=utf-8" if text else "application/octet-stream"), name
        assert ("immutable" in served["Cache-Control"]) is not text, name
        assert "Cookie" not in served.get("Vary", ""), "a cache may keep it for everybody"


@pytest.mark.parametrize(
    "path",
    [
        "private/key", "private/pending", "private/heads", "private/", "private", "tile", "tile/0", "tile/0/",
        "tile/0/../../private/key", "tile/entries/../../private/key", "..%2fprivate%2fkey", "%2e%2e/private/key",
        "checkpoint/../private/key", "checkpoint%0a", "checkpoint%00", "checkpoint/", "Checkpoint", "vkey.p/1",
        "tile/0/000%0a", "tile/0/000%00", "tile/0/0000", "tile/0/00", "tile/0/x000/000", "tile/0/000.p/0",
        "tile/0/000.p/256", "tile/0/000.p/044", "tile/00/000", "tile/64/000", "tile/-1/000", "tile/data/000",
        "tile/0/٠٠٠", "tile/entries/000.p/../000", "//private/key", "tile/0/000;private", "entries/-1", "entries/300",
        "entries/99999999999999999999999999", "entries/300.tlog-proof", "entries/300.json", "entries/0x10",
        "documents/abc", "documents/" + "0" * 64, "documents/" + "A" * 64, "disclosures", "verify.pyc",
    ],
)  # fmt: skip
def test_nothing_else_is_there(client, grown, path):
    served = client.get(f"/record/{path}")

    assert served.status_code in {301, 404}, served.status_code
    assert b"PRIVATE" not in served.content
    assert b"Ann Smith" not in served.content


def test_no_address_of_the_record_shows_a_private_byte(client, grown):
    private = [bytes(one.content).strip() for one in PrivateFile.objects.exclude(name="private/heads")]
    private = [content for content in private if content]
    assert any(b"Ann Smith" in content for content in private)
    for address in ("/record/", "/record/entries", "/record/entries/299", "/record/entries/299.json", "/record/check"):
        content = client.get(address).content
        assert not any(kept in content for kept in private), address
        assert b"Ann Smith" not in content


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_the_record_cannot_be_written_over_the_web(client, grown, method):
    before = list(StoredFile.objects.values_list("name", "content"))
    for path in ("checkpoint", "tile/0/000", "vkey", "entries/0.json", "check", "entries"):
        assert getattr(client, method)(f"/record/{path}").status_code in {403, 405}
    assert list(StoredFile.objects.values_list("name", "content")) == before


def test_every_entry_has_its_bytes_its_proof_and_a_page(client, grown):
    key = parse_vkey(reading().vkey)
    bundles = [client.get(f"/record/tile/entries/{name}").content for name in ("000", "001.p/44")]
    entries = [entry for bundle in bundles for entry in unpack_entries(bundle)]
    for index in (0, 5, 255, 256, 299):
        entry = client.get(f"/record/entries/{index}.json").content
        proof = client.get(f"/record/entries/{index}.tlog-proof")
        assert entry == entries[index]
        assert proof["Content-Disposition"] == f'attachment; filename="{index}.tlog-proof"'
        assert verify_proof(proof.content.decode(), entry, key)[0] == index
        page = client.get(f"/record/entries/{index}").content.decode()
        assert leaf_hash(entry).hex() in page
        assert json.loads(entry)["by"] in page


def test_an_entry_that_waits_says_so(client, a_case, note):
    with writing_as("somebody") as desk:
        desk.record.append([note(1)])
    index = reading().size - 1

    assert "waits for the next checkpoint" in client.get(f"/record/entries/{index}").content.decode()
    assert client.get(f"/record/entries/{index}.tlog-proof").status_code == 409


def test_a_page_of_the_record_asks_little_of_the_database(client, grown, django_assert_max_num_queries):
    for address in ("/record/", "/record/entries", "/record/entries?case=case-1", "/record/entries/17", "/record/vkey"):
        with django_assert_max_num_queries(12):
            assert client.get(address).status_code == 200, address


def test_entries_are_listed_the_newest_first_and_sought_by_case_and_kind(client, grown):
    first = client.get("/record/entries").content.decode()
    assert 'href="/record/entries/299"' in first
    assert 'href="/record/entries/249"' not in first
    older = client.get("/record/entries?before=250").content.decode()
    assert 'href="/record/entries/249"' in older
    assert 'href="/record/entries/250"' not in older

    of_case = client.get(f"/record/entries?case={grown}").content.decode()
    assert "Elders die in bed fires" not in of_case, "a title is no event"
    assert of_case.count('<th scope="row"') == 6
    of_kind = client.get("/record/entries?kind=case.opened").content.decode()
    assert of_kind.count('<th scope="row"') == 1
    assert "No entry is like that" in client.get("/record/entries?case=nowhere").content.decode()


@pytest.mark.parametrize(
    "asked", ["case=%00", "before=-1", "before=x", "before=9" + "9" * 30, "kind=nothing", "case=" + "x" * 99]
)
def test_what_cannot_be_sought_is_said_and_nothing_breaks(client, grown, asked):
    assert client.get(f"/record/entries?{asked}").status_code == 422


def test_a_published_evaluation_is_served_under_its_own_hash(client, db):
    content = b'{"made_up": true}'
    sha256 = hashlib.sha256(content).hexdigest()
    PublishedEvaluation.objects.create(sha256=sha256, pilot="visits", look=1, content=content)
    served = client.get(f"/record/documents/{sha256}")

    assert hashlib.sha256(served.content).hexdigest() == sha256
    assert served["Content-Type"] == "application/json"


def test_the_verifier_can_be_fetched_and_is_the_one_in_use(client, db):
    served = client.get("/record/verify.py")

    assert served.content.startswith(b'"""Check a public record: one file')
    assert 'filename="verify.py"' in served["Content-Disposition"]


def test_hostile_text_in_an_entry_is_shown_as_text(client, record, note):
    with writing_as("somebody") as desk:
        do(desk.record, "x", (ask.Open("</script><script>alert(1)</script>"),), at=desk.at, by="<b>office</b>")
    for address in ("/record/entries", "/record/entries/0", "/record/"):
        content = client.get(address).content
        assert b"<script>alert" not in content
        assert b"<b>office" not in content
