"""Personal values: only a keyed commitment is ever public; erased, the value is nowhere and cannot be confirmed."""

import hmac
import json
from pathlib import Path

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from clew.errors import MissingError, RecordError, RefusedError
from clew.record.entry import Disclosure
from clew.record.folder import create, open_record
from clew.record.verify import parse_vkey, verify, verify_proof

NAME = "Ann-Katrin Ås"


@pytest.fixture
def record(tmp_path, note, random_source):
    made = create(tmp_path / "log", origin="example.org/log", random=random_source(5))
    made.append([note(0), note(1, name=NAME, address="Storgata 1"), note(2)])
    return made


def all_bytes(folder: Path) -> bytes:
    return b"\n".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def forms_of(text: str) -> list[bytes]:
    return [text.encode(), text.encode("utf-16-le"), json.dumps(text).strip('"').encode(), text.encode().hex().encode()]


def test_the_log_holds_a_commitment_and_never_the_value(record, tmp_path):
    record.checkpoint()
    public = b"".join(p.read_bytes() for p in tmp_path.rglob("*") if p.is_file() and "private" not in p.parts)
    public += (tmp_path / "log/private/pending").read_bytes()

    assert set(json.loads(record.entry(1))["_c"]) == {"name", "address"}
    assert not [form for form in forms_of(NAME) + forms_of("Storgata 1") if form in public]


def test_a_commitment_is_the_promised_formula(record):
    disclosure = record.disclosure(1, "name")
    expected = hmac.new(disclosure.key, rfc8785.dumps(["name", NAME]), "sha256").hexdigest()

    assert disclosure.value == NAME
    assert len(disclosure.key) == 32
    assert record.event(1).commitments["name"] == expected == disclosure.commitment


def test_each_value_has_a_key_of_its_own_so_that_equal_values_do_not_look_equal(record, note):
    (again,) = record.append([note(3, name=NAME)])

    assert again.commitments["name"] != record.event(1).commitments["name"]
    assert record.disclosure(1, "address").key != record.disclosure(1, "name").key


@given(st.text(max_size=30), st.text(max_size=30), st.binary(min_size=32, max_size=32), st.text(min_size=1, max_size=9))
def test_a_commitment_binds_the_field_the_value_and_the_key(value, other, key, field):
    made = Disclosure(field, value, key).commitment

    assert made == Disclosure.from_bytes(Disclosure(field, value, key).to_bytes()).commitment
    assert made != Disclosure(field + "x", value, key).commitment
    assert made != Disclosure(field, value, bytes([key[0] ^ 1]) + key[1:]).commitment
    assert (made == Disclosure(field, other, key).commitment) == (value == other)


def test_a_disclosure_does_not_show_itself_in_messages_and_logs(record):
    shown = repr(record.disclosure(1, "name"))

    assert NAME not in shown
    assert record.disclosure(1, "name").key.hex() not in shown


@pytest.mark.parametrize("published_before", [True, False])
@pytest.mark.parametrize("published_after", [True, False])
def test_erased_the_value_is_in_no_file_and_every_proof_stays_valid(
    record, tmp_path, note, published_before, published_after
):
    key = record.disclosure(1, "name").key
    if published_before:
        record.checkpoint()
        proof, entry = record.prove(1), record.entry(1)
    erased = record.erase(1, "name", at=note(9).at, by="data protection officer")
    if published_after:
        record.checkpoint()
    everything = all_bytes(tmp_path)

    assert (erased.kind, erased.case, erased.by) == ("disclosure.erased", "case-a", "data protection officer")
    assert (erased.data["index"], erased.data["field"]) == (1, "name")
    assert not [form for form in [*forms_of(NAME), key, key.hex().encode()] if form in everything]
    assert open_record(tmp_path / "log").disclosure(1, "name") is None
    assert open_record(tmp_path / "log").disclosure(1, "address").value == "Storgata 1"
    assert verify(tmp_path / "log").ok
    if published_before:
        assert verify_proof(proof, entry, parse_vkey(record.vkey))[0] == 1
        assert verify_proof(record.prove(1), record.entry(1), parse_vkey(record.vkey))[0] == 1


def test_erased_a_guess_can_no_longer_be_confirmed(record, tmp_path, note):
    """With the key, the guess is confirmed. Without it, whatever 32 bytes lie anywhere in the folder confirm none."""
    commitment = record.event(1).commitments["name"]
    before = all_bytes(tmp_path)
    record.erase(1, "name", at=note(9).at, by="dpo")
    after = all_bytes(tmp_path)

    def confirms(guess: str, folder: bytes) -> bool:
        texts = [bytes.fromhex(found.decode()) for found in hex_runs(folder)]
        raw = [folder[at : at + 32] for at in range(len(folder) - 31)]
        return any(Disclosure("name", guess, key).commitment == commitment for key in [b"", *texts, *raw])

    assert confirms(NAME, before)
    assert not confirms(NAME, after)
    assert not confirms("Somebody Else", before)


def hex_runs(data: bytes) -> list[bytes]:
    runs = data.replace(b'"', b" ").replace(b"\n", b" ").replace(b",", b" ").split()
    return [run for run in runs if len(run) == 64 and not run.strip(b"0123456789abcdef")]


def test_what_was_erased_or_never_there_cannot_be_erased(record, note):
    record.erase(1, "name", at=note(9).at, by="dpo")

    with pytest.raises(RefusedError, match="was erased before"):
        record.erase(1, "name", at=note(9).at, by="dpo")
    with pytest.raises(MissingError, match='no personal value "age"'):
        record.erase(1, "age", at=note(9).at, by="dpo")
    with pytest.raises(MissingError, match="there is no entry 77"):
        record.erase(77, "name", at=note(9).at, by="dpo")
    assert record.size == 4


def test_a_damaged_disclosure_is_told(record, tmp_path):
    (kept,) = (tmp_path / "log/private/disclosures").rglob(record.event(1).commitments["name"])
    kept.write_bytes(b"{}")

    with pytest.raises(RecordError, match="kept personal value is damaged"):
        record.disclosure(1, "name")


def test_an_erasure_in_a_foreign_journal_can_name_no_file_outside(record, tmp_path, note):
    """A journal that tells of erasing `../../key` must not reach the key."""
    from clew.record.log import DisclosureErased

    event = note(0)
    record.append([type(event)("case-a", event.at, "x", DisclosureErased(1, "name", "../../key"))])

    with pytest.raises(RecordError, match="is not a commitment"):
        open_record(tmp_path / "log").append([event])
    assert (tmp_path / "log/private/key").exists()
