"""The record as its users see it: what goes in comes back, in order and numbered; what is wrong is refused whole."""

import json
from dataclasses import make_dataclass, replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from clew.errors import InputError, MissingError, RecordError, RefusedError
from clew.record.entry import canonical, read_back
from clew.record.event import Vocabulary
from clew.record.folder import FolderStore, Record, create, open_record
from clew.record.note import Signer
from clew.record.verify import DamagedError, parse_vkey, verify, verify_consistency, verify_proof

GOOD = {"case": "a", "seq": 0, "prev": None, "at": "2027-01-01T00:00:00Z", "by": "x", "kind": "k", "data": {}}


def good_but(**changes: object) -> bytes:
    return json.dumps(GOOD | changes).encode()


@pytest.fixture(params=["folder", "memory"])
def record(request, tmp_path, memory_store, random_source) -> Record:
    """An empty record on each store."""
    if request.param == "folder":
        return create(tmp_path / "log", origin="example.org/log", random=random_source(0))
    begun = Record(memory_store(), random=random_source(0))
    begun.begin(Signer.generate("example.org/log", random_source(1)))
    return begun


def test_an_empty_record_has_a_name_a_key_and_nothing_published(record):
    assert (record.origin, record.size, record.published) == ("example.org/log", 0, None)
    assert parse_vkey(record.vkey).name == "example.org/log"
    assert list(record.events()) == []
    assert record.checkpoint().size == 0


def test_events_come_back_in_order_and_numbered_within_their_case(record, note):
    record.append([note(0, "a"), note(1, "b")])
    record.checkpoint()
    record.append([note(2, "a")])
    seen = [(r.index, r.case, r.sequence, r.previous, r.data["number"]) for r in record.events()]

    assert seen == [(0, "a", 0, None, 0), (1, "b", 0, None, 1), (2, "a", 1, 0, 2)]
    assert [r.index for r in record.events("a")] == [0, 2]
    assert list(record.events("c")) == []


def test_what_append_returns_is_what_is_read_back(record, note):
    appended = record.append([note(0), note(1, name="Ann Ås")])
    record.checkpoint()

    assert tuple(record.events()) == appended
    assert record.event(1) == appended[1]
    assert set(appended[1].commitments) == {"name"}
    body = note(0).body
    assert Vocabulary(type(body)).decode(appended[0]) == body


def test_an_entry_is_canonical_json_of_the_promised_keys(record, note):
    record.append([note(0), note(1, name="x")])
    first, second = record.entry(0), record.entry(1)

    assert first == (
        b'{"at":"2027-03-01T09:00:00Z","by":"evaluator","case":"case-a",'
        b'"data":{"number":0,"text":"note 0"},"kind":"note.made","prev":null,"seq":0}'
    )
    assert second == rfc8785.dumps(json.loads(second))
    assert sorted(json.loads(second)) == ["_c", "at", "by", "case", "data", "kind", "prev", "seq"]


def test_a_time_in_another_zone_is_the_same_moment(record, note):
    event = note(0)
    local = datetime(2027, 3, 1, 11, 30, 0, 5, tzinfo=timezone(timedelta(hours=2)))
    (recorded,) = record.append([type(event)(event.case, local, event.by, event.body)])

    assert recorded.at == local
    assert next(record.events()).at == local
    assert b'"at":"2027-03-01T09:30:00.000005Z"' in record.entry(0)


@pytest.mark.parametrize("sizes", [(1,), (255,), (256,), (257,), (3, 5, 300), (256, 512, 600)])
def test_a_record_published_in_steps_verifies_and_every_entry_is_proven(tmp_path, new_record, sizes):
    record = new_record(tmp_path / "log", sizes[-1], steps=sizes[:-1])
    key = parse_vkey(record.vkey)

    assert verify(tmp_path / "log", vkey=record.vkey).ok
    for index in {0, sizes[-1] // 2, sizes[-1] - 1}:
        assert verify_proof(record.prove(index), record.entry(index), key)[0] == index


def test_a_proof_file_has_the_form_of_the_standard(record, note):
    record.append([note(i) for i in range(3)])
    record.checkpoint()
    lines = record.prove(2).split("\n")

    assert lines[:2] == ["c2sp.org/tlog-proof@v1", "index 2"]
    assert len(lines[2]) == 44  # the root over entries 0 and 1
    assert lines[3] == ""
    assert "\n".join(lines[4:]) == record.checkpoint().note


def test_a_record_proves_that_it_only_grew(record, note):
    heads = []
    for size in (1, 4, 255, 256, 300):
        record.append([note(i) for i in range(record.size, size)])
        heads.append(record.checkpoint())
    last = heads[-1]

    for head in heads:
        assert verify_consistency(head.size, head.root, last.size, last.root, record.consistency(head.size))
    assert record.consistency(0) == ()
    with pytest.raises(MissingError):
        record.consistency(301)


def test_what_is_not_there_or_not_published_cannot_be_proven(record, note):
    record.append([note(0)])

    with pytest.raises(RefusedError, match="not under a checkpoint yet"):
        record.prove(0)
    for index in (1, -1):
        with pytest.raises(MissingError, match="there is no entry"):
            record.prove(index)
        with pytest.raises(MissingError, match="there is no entry"):
            record.event(index)


def test_a_checkpoint_with_nothing_new_is_the_last_one(record, note):
    record.append([note(0)])

    assert record.checkpoint() == record.checkpoint() == record.published


def test_a_decision_on_an_older_state_is_refused(record, note):
    record.append([note(0)], expected_size=0)

    with pytest.raises(RefusedError, match="somebody else has written meanwhile"):
        record.append([note(1)], expected_size=0)
    assert record.append([note(1)], expected_size=1)[0].index == 1


def test_two_programs_write_to_one_record_in_turn(tmp_path, note, new_record):
    one = new_record(tmp_path / "log")
    two = open_record(tmp_path / "log")
    for turn in range(6):
        (one, two)[turn % 2].append([note(turn)])
        if turn % 3 == 2:
            (two, one)[turn % 2].checkpoint()

    assert [r.sequence for r in one.events()] == list(range(6))
    assert list(one.events()) == list(two.events())
    assert verify(tmp_path / "log").ok


def test_a_stale_reader_sees_its_own_size_until_it_looks_again(tmp_path, note, new_record):
    one, two = new_record(tmp_path / "log"), open_record(tmp_path / "log")
    one.append([note(0)])

    assert two.size == 0
    with pytest.raises(RefusedError):
        two.append([note(1)], expected_size=two.size)
    assert len(list(two.events())) == two.size == 1


def test_all_events_or_none_and_every_mistake_is_told(record, note):
    class Fraction:
        kind = "share.said"
        __dataclass_fields__ = type(note(0).body).__dataclass_fields__
        text, number = "x", 0.5

    naive = note(1)
    wrong = [
        note(0),
        type(naive)("", datetime(2027, 1, 1, tzinfo=UTC), "x", naive.body),
        type(naive)("a", datetime(2027, 1, 1), "x", naive.body),
        type(naive)("a", datetime(2027, 1, 1, tzinfo=UTC), "x", Fraction()),
        type(naive)("a", datetime(2027, 1, 1, tzinfo=UTC), "x", type(naive.body)("x" * 65_600, 1)),
        type(naive)("a", datetime(2027, 1, 1, tzinfo=UTC), "x", type(naive.body)("x", 2**53)),
        type(naive)("a", datetime(2027, 1, 1, tzinfo=UTC), "x", type(naive.body)("\ud800", 1)),
    ]
    with pytest.raises(InputError) as caught:
        record.append(wrong)

    told = [str(problem) for problem in caught.value.problems]
    assert [line[:12] for line in told] == [f"event {n} of 7" for n in range(2, 8)]
    for line, text in zip(told, ["case", "time zone", "whole numbers", "65,535", "2^53", "JSON"], strict=True):
        assert text in line
    assert (record.size, list(record.events())) == (0, [])


def test_an_entry_may_have_65535_bytes_and_not_one_more(record, note):
    event = note(0)
    empty = len(record_bytes(record, event, 0))
    fits = 65_535 - empty

    assert len(record_bytes(record, event, fits)) == 65_535
    with pytest.raises(InputError, match="record its SHA-256 hash"):
        record_bytes(record, event, fits + 1)


def record_bytes(record, event, size):
    (recorded,) = record.append([type(event)(f"case-{size:09}", event.at, event.by, type(event.body)("x" * size, 1))])
    return record.entry(recorded.index)


def test_appending_nothing_changes_nothing(record):
    assert record.append([]) == ()
    assert record.size == 0


def test_too_much_may_not_wait_for_a_checkpoint(record, note, monkeypatch):
    monkeypatch.setattr("clew.record.log.JOURNAL_LIMIT", 1_000)
    record.append([note(0)])

    with pytest.raises(RefusedError, match="Publish a checkpoint"):
        record.append([note(i) for i in range(1, 9)])
    record.checkpoint()
    assert record.append([note(1)])[0].index == 1


@pytest.mark.parametrize("fault", ["old", "lost", "empty", "damaged"])
def test_the_heads_of_cases_are_made_again_when_lost_damaged_or_old(tmp_path, new_record, note, fault):
    new_record(tmp_path / "log", 5, 1)
    kept = tmp_path / "log/private/heads"
    old = kept.read_bytes()
    open_record(tmp_path / "log").checkpoint()
    new = kept.read_bytes()
    kept.write_bytes(
        {"old": old, "lost": b"", "empty": b"", "damaged": new.replace(b'"case-c": [2', b'"case-c": [3')}[fault]
    )
    if fault == "lost":
        kept.unlink()
    open_record(tmp_path / "log").append([note(9, "case-c")])

    assert new.count(b'"case-c": [2') == 1
    assert verify(tmp_path / "log").ok
    assert [r.sequence for r in open_record(tmp_path / "log").events("case-c")] == [0, 1, 2]


def test_partial_tiles_go_when_the_full_one_is_published_and_not_before(tmp_path, new_record, note):
    record = new_record(tmp_path / "log", 255, steps=(3, 200))
    assert sorted(p.name for p in (tmp_path / "log/tile/0/000.p").iterdir()) == ["200", "255", "3"]

    record.append([note(i) for i in range(2)])
    record.checkpoint()
    assert list((tmp_path / "log/tile/0/000.p").iterdir()) == []
    assert list((tmp_path / "log/tile/entries/000.p").iterdir()) == []
    assert verify(tmp_path / "log").ok


def test_a_tile_with_other_bytes_is_never_overwritten(tmp_path, new_record):
    record = new_record(tmp_path / "log", 2, 1)
    foreign = tmp_path / "log/tile/0/000.p/3"
    foreign.write_bytes(b"other")

    with pytest.raises(RecordError, match="never overwritten"):
        record.checkpoint()
    assert foreign.read_bytes() == b"other"
    assert record.published.size == 2
    assert not (tmp_path / "log/tile/entries/000.p/3").exists()


def test_a_key_that_is_not_the_records_signs_nothing(tmp_path, new_record, random_source):
    record = new_record(tmp_path / "log", 2, 1)
    before = (tmp_path / "log/checkpoint").read_bytes()
    (tmp_path / "log/private/key").write_text(f"{Signer.generate('example.org/log', random_source(9))}\n")

    with pytest.raises(RecordError, match="not the one that belongs to vkey"):
        record.checkpoint()
    assert (tmp_path / "log/checkpoint").read_bytes() == before


def test_damage_is_told_when_a_record_is_opened_or_read(tmp_path, new_record):
    path = tmp_path / "log"
    new_record(path, 300, 2)
    for name, message in [
        ("checkpoint", "does not fit|origin|root|size|signature|not"),
        ("private/pending", "damaged at byte"),
        ("tile/entries/000", "do not belong under the signed root|runs past"),
        ("tile/1/000.p/1", "do not give the signed root"),
    ]:
        good = (path / name).read_bytes()
        (path / name).write_bytes(good[:10] + bytes([good[10] ^ 1]) + good[11:])
        with pytest.raises(RecordError, match=message):
            list(open_record(path).events())
        (path / name).write_bytes(good)
    assert len(list(open_record(path).events())) == 302


def test_a_journal_that_starts_too_late_is_refused(tmp_path, new_record):
    path = tmp_path / "log"
    record = new_record(path, 2)
    late = new_record(tmp_path / "other", 3, 1)
    (path / "private/pending").write_bytes((tmp_path / "other/private/pending").read_bytes())

    assert late.size == 4
    with pytest.raises(RecordError, match="goes on with entry 3 where 2 must stand"):
        record.refresh()


def test_a_copy_without_its_private_folder_is_read_and_proven_and_not_written(tmp_path, new_record, note):
    new_record(tmp_path / "log", 5)
    for item in sorted((tmp_path / "log/private").rglob("*"), reverse=True):
        item.rmdir() if item.is_dir() else item.unlink()
    (tmp_path / "log/private").rmdir()
    copy = open_record(tmp_path / "log")

    assert len(list(copy.events())) == 5
    assert copy.prove(3)
    with pytest.raises(RecordError, match="copy without the folder private"):
        copy.append([note(1)])


def test_there_is_no_record_where_there_is_none(tmp_path):
    for path in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(MissingError, match="no record here"):
            open_record(path)


def test_a_record_is_never_begun_over_something_else(tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter").write_text("mine")
    (tmp_path / "file").write_text("mine")

    for name in ("full", "file"):
        with pytest.raises(RefusedError, match="not an empty folder"):
            create(tmp_path / name)
    assert (tmp_path / "full" / "letter").read_text() == "mine"


def test_a_record_may_be_begun_in_an_empty_folder_or_below_a_missing_one(tmp_path):
    (tmp_path / "empty").mkdir()

    assert create(tmp_path / "empty").origin == "clew.local/empty"
    assert create(tmp_path / "a" / "my pilots + more").origin == "clew.local/my-pilots-more"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a", "empty"]


@pytest.mark.parametrize("origin", ["", "https://example.org/log", "a b", "a+b", "a\nb", "example.org/", "a\u2003b"])
def test_an_origin_that_cannot_name_a_key_is_refused(tmp_path, origin):
    with pytest.raises(InputError, match="cannot name a record"):
        create(tmp_path / "log", origin=origin)
    assert not (tmp_path / "log").exists()


def test_the_same_events_and_random_source_give_the_same_bytes(tmp_path, new_record):
    def public(folder):
        return {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file() and p.name != "lock"}

    new_record(tmp_path / "one", 300, 3)
    new_record(tmp_path / "two", 300, 3)

    assert public(tmp_path / "one") == public(tmp_path / "two")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner),
    max_leaves=20,
)


@given(st.dictionaries(st.text(st.characters(codec="utf-8")), json_values))
def test_entries_are_the_canonical_json_of_an_independent_library(value):
    assert canonical(value) == rfc8785.dumps(value)


@pytest.mark.parametrize("value", [{"a": 2**53}, {"a": [-(2**53)]}, {"a": "\ud800"}, {"a": float("nan")}])
def test_what_canonical_json_cannot_hold_is_refused(value):
    with pytest.raises(ValueError, match="JSON"):
        canonical(value)


def test_a_writer_that_does_not_let_go_is_told_apart_from_damage(tmp_path, new_record, note, monkeypatch):
    monkeypatch.setattr("clew.record.folder._PATIENCE_SECONDS", 0.1)
    record = new_record(tmp_path / "log")
    with FolderStore(tmp_path / "log").exclusively(), pytest.raises(RefusedError, match="another program"):
        record.append([note(0)])
    assert record.append([note(0)])[0].index == 0


def test_a_disk_that_refuses_to_be_read_is_an_error_with_a_place(tmp_path, new_record, monkeypatch):
    record = new_record(tmp_path / "log", 2)
    (tmp_path / "log/tile/0/000.p/2").unlink()
    (tmp_path / "log/tile/0/000.p/2").mkdir()

    with pytest.raises(RecordError, match=r"tile/0/000\.p/2: cannot be read"):
        record.prove(0)


def test_the_events_of_a_case_are_its_own_even_where_another_speaks_of_it(record, note):
    told = make_dataclass("Told", ["case"], frozen=True, namespace={"kind": "told"})
    event = note(0, "b")
    record.append([note(0, "a"), type(event)("b", event.at, "x", told("a"))])

    assert b'"case":"a"' in record.entry(1)
    assert [r.index for r in record.events("a")] == [0]


def test_a_room_decodes_its_own_events_and_passes_over_others(record, note):
    (recorded,) = record.append([note(7)])
    body = type(note(0).body)

    assert Vocabulary(body).decode(recorded) == note(7).body
    assert Vocabulary().decode(recorded) is None
    with pytest.raises(RecordError, match="Read it with the version of clew that wrote it"):
        Vocabulary(body).decode(replace(recorded, data={"text": "x", "later": 1}))


@pytest.mark.parametrize(
    "entry",
    [
        b"",
        b"[]",
        b"{}",
        b"null",
        b"[" * 60_000,
        good_but(at=5),
        good_but(at="noon"),
        good_but(at="2027-01-01T00:00:00"),
        good_but(data=[]),
        good_but(case=1),
        good_but(seq="0"),
    ],
)
def test_an_entry_that_clew_did_not_write_is_told(entry):
    assert read_back(0, json.dumps(GOOD).encode()).case == "a"
    with pytest.raises(RecordError, match="entry 7: this is not an event as clew writes them"):
        read_back(7, entry)


@pytest.mark.parametrize(
    ("name", "index"),
    [("tile/entries/000", 255), ("tile/0/000", 40), ("tile/0/001.p/44", 40), ("tile/1/000.p/1", 299)],
)
def test_nothing_is_proven_from_damaged_files(tmp_path, new_record, name, index):
    record = new_record(tmp_path / "log", 300)
    good = (tmp_path / "log" / name).read_bytes()
    for damaged in (b"", good[:-32], good[:-1] + bytes([good[-1] ^ 1])):
        (tmp_path / "log" / name).write_bytes(damaged)
        with pytest.raises(RecordError, match="clew verify"):
            record.prove(index)


def test_a_proof_of_something_else_is_no_proof(record, note):
    record.append([note(i) for i in range(3)])
    record.checkpoint()
    key, proof, entry = parse_vkey(record.vkey), record.prove(1), record.entry(1)

    assert verify_proof(proof, entry, key)[0] == 1
    assert verify_proof(proof.replace("index", "extra YQ==\nindex"), entry, key)[0] == 1
    for wrong in ("", "index 1", proof[:-1], proof.replace("@v1", "@v2"), proof.replace("index 1", "index 01")):
        with pytest.raises(DamagedError):
            verify_proof(wrong, entry, key)
    with pytest.raises(DamagedError, match="does not prove that the entry is number 1 of 3"):
        verify_proof(proof, record.entry(2), key)
