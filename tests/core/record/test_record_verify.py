"""Whatever is changed in a record, `verify` says so; whatever rubbish it is given, it answers and does not hang."""

import base64
import contextlib
import gzip
import json
import random
import shutil
import threading
import time
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clew.record import tiles
from clew.record.note import Signer
from clew.record.verify import (
    EMPTY_ROOT,
    Folder,
    TreeHead,
    UnusableError,
    explain,
    pack_frame,
    verify,
)


@pytest.fixture(scope="module")
def small(tmp_path_factory, new_record) -> Path:
    """Five published entries, a stale partial tile of two, and two pending entries in two frames."""
    path = tmp_path_factory.mktemp("small") / "log"
    record = new_record(path, 5, 1, steps=(2,))
    record.append([next(iter_event(record))])
    return path


def iter_event(record):
    from clew.record.event import Event

    for recorded in record.events():
        body = type("Again", (), {"kind": "again", "__dataclass_fields__": {}})()
        yield Event(recorded.case, recorded.at, recorded.by, body)


@pytest.fixture
def tiny(tmp_path, new_record) -> Path:
    """As small as a record with everything in it can be: two published entries, a stale partial tile, one pending."""
    new_record(tmp_path / "tiny", 2, 1, steps=(1,))
    return tmp_path / "tiny"


@pytest.fixture
def copy(small, tmp_path) -> Path:
    shutil.copytree(small, tmp_path / "log")
    return tmp_path / "log"


def whats(result) -> str:
    return "\n".join(f"{f.index}: {f.what}" for f in result.failures)


def checked_files(path: Path) -> list[Path]:
    """All that is public, and the journal."""
    files = [p for p in path.rglob("*") if p.is_file() and "private" not in p.parts]
    return sorted([*files, path / "private/pending"])


def test_a_sound_record_is_whole(small):
    result = verify(small)

    assert result.ok
    assert (result.origin, result.size, result.cases, result.pending) == ("example.org/log", 5, 3, 2)
    assert result.root in (small / "checkpoint").read_text()
    assert result.vkey_from == "record"


def test_the_json_is_as_promised(small):
    told = json.loads(json.dumps(verify(small, vkey=(small / "vkey").read_text()).to_dict()))

    assert list(told)[:7] == ["ok", "origin", "size", "root", "cases", "gaps", "failures"]
    assert (told["ok"], told["gaps"], told["failures"], told["vkey_from"]) == (True, [], [], "given")


def test_every_flipped_byte_is_detected(tiny):
    dice = random.Random(7)
    tried = 0
    for file in checked_files(tiny):
        good = file.read_bytes()
        for at in range(len(good)):
            flip = dice.randrange(1, 256)
            file.write_bytes(good[:at] + bytes([good[at] ^ flip]) + good[at + 1 :])
            assert not verify(tiny).ok, f"{file.relative_to(tiny)} byte {at} ^ {flip}"
            tried += 1
        file.write_bytes(good)
    assert tried > 900
    assert verify(tiny).ok


def test_every_flipped_byte_of_the_signed_head_and_the_key_is_detected_with_a_key_given_too(small, copy):
    vkey = (small / "vkey").read_text()
    for name in ("checkpoint", "vkey"):
        good = (copy / name).read_bytes()
        for at in range(len(good)):
            (copy / name).write_bytes(good[:at] + bytes([good[at] ^ 1 << at % 8]) + good[at + 1 :])
            assert not verify(copy, vkey=vkey).ok, f"{name} byte {at}"
        (copy / name).write_bytes(good)
    assert verify(copy, vkey=vkey).ok


def test_every_truncated_or_lengthened_file_is_detected_but_a_torn_journal(tiny):
    for file in checked_files(tiny):
        good = file.read_bytes()
        cuts = range(len(good)) if len(good) < 400 else range(0, len(good), 17)
        if file.name == "pending":
            for cut in range(len(good) + 1):
                file.write_bytes(good[:cut])
                result = verify(tiny)
                assert result.ok, f"a tail torn at byte {cut} is no damage"
                assert result.pending == (cut == len(good))
        else:
            for content in [*(good[:cut] for cut in cuts), good + b"\0", good + b"\n", good + good]:
                file.write_bytes(content)
                assert not verify(tiny).ok, f"{file.relative_to(tiny)} with {len(content)} bytes"
        file.write_bytes(good)


def test_every_missing_file_is_detected_but_a_stale_partial_tile(copy):
    for file in checked_files(copy):
        good = file.read_bytes()
        file.unlink()
        stale = file.parent.name == "000.p" and file.name == "2"
        assert verify(copy).ok == (stale or file.name == "pending"), file
        file.write_bytes(good)


@pytest.mark.parametrize(
    "name",
    [
        "tile/0/000.p/6",
        "tile/0/000",
        "tile/1/000.p/1",
        "tile/0/note.txt",
        "tile/0/000.p/05",
        "tile/x",
        "tile/entries/000.p/7",
        "tile/entries/000.p/8",
        "tile/entries/001.p/1",
        "tile/0/000.p/300",
        "tile/0/.hidden",
    ],
)
def test_a_file_that_has_no_place_there_is_detected(copy, name):
    (copy / name).parent.mkdir(parents=True, exist_ok=True)
    (copy / name).write_bytes(bytes(32))

    assert not verify(copy).ok


def test_a_link_or_a_device_among_the_tiles_is_detected_and_never_read(copy, tmp_path):
    (copy / "tile/0/001").symlink_to("/dev/zero")
    assert not verify(copy).ok
    (copy / "tile/0/001").unlink()
    (tmp_path / "elsewhere").mkdir()
    (copy / "tile/2").symlink_to(tmp_path / "elsewhere")
    assert "tile/2/ is not a file of this record" in whats(verify(copy))
    (copy / "tile/2").unlink()
    (copy / "tile/0/000.p/5").unlink()
    (copy / "tile/0/000.p/5").symlink_to("/dev/zero")
    assert "tile/0/000.p/5/ is not a file of this record" in whats(verify(copy))


def test_tiles_of_a_checkpoint_that_was_cut_off_are_no_damage_and_are_checked(small, copy, tmp_path):
    """A writer that dies before the new checkpoint leaves tiles that the journal explains, byte for byte."""
    shutil.copytree(small, tmp_path / "ahead")
    from clew.record.folder import open_record

    open_record(tmp_path / "ahead").checkpoint()
    for name in ("tile/0/000.p/7", "tile/entries/000.p/7"):
        shutil.copy(tmp_path / "ahead" / name, copy / name)
        assert verify(copy).ok
        good = (copy / name).read_bytes()
        for at in range(0, len(good), 3):
            (copy / name).write_bytes(good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :])
            assert not verify(copy).ok, at
        (copy / name).write_bytes(good)
    (copy / "private/pending").unlink()
    assert "is not a file of this record" in whats(verify(copy)), "a public copy cannot explain them"


def test_a_journal_that_was_not_cut_after_its_checkpoint_is_checked_against_the_log(copy, small, tmp_path):
    from clew.record.folder import open_record

    journal = (copy / "private/pending").read_bytes()
    open_record(copy).checkpoint()
    (copy / "private/pending").write_bytes(journal)
    assert verify(copy).ok
    assert open_record(copy).size == 7
    (copy / "private/pending").write_bytes(pack_frame(5, [b"another", b"entry"]))
    assert "another entry here than the log" in whats(verify(copy))
    (copy / "private/pending").write_bytes(pack_frame(9, [b"entry"]))
    assert "some are lost" in whats(verify(copy))


@pytest.mark.parametrize("size", [255, 256, 257, 600])
def test_a_flipped_byte_in_a_longer_record_is_detected_wherever_it_is(tmp_path, new_record, size):
    path = tmp_path / "log"
    new_record(path, size, steps=(100, 200))
    dice = random.Random(size)
    files = checked_files(path)
    for _ in range(60):
        file = dice.choice([f for f in files if f.stat().st_size])
        good = file.read_bytes()
        at = dice.randrange(len(good))
        file.write_bytes(good[:at] + bytes([good[at] ^ 1 << dice.randrange(8)]) + good[at + 1 :])
        assert not verify(path).ok, f"{file.relative_to(path)} byte {at}"
        file.write_bytes(good)
    assert verify(path).ok


def test_the_changed_entry_is_named(copy):
    bundle = copy / "tile/entries/000.p/5"
    bundle.write_bytes(bundle.read_bytes().replace(b"note 3", b"note 4"))
    result = verify(copy)

    assert 3 in {failure.index for failure in result.failures}
    assert "root computed from the entries is not the signed one" in whats(result)


def test_a_whole_record_rewritten_by_another_key_is_refused_by_the_given_one(small, tmp_path, new_record):
    from clew.record.folder import create

    other = create(tmp_path / "other", origin="example.org/log")
    mine = (small / "vkey").read_text().strip()

    assert verify(tmp_path / "other").ok, "believing the record's own key shows nothing against its operator"
    result = verify(tmp_path / "other", vkey=mine)
    assert not result.ok
    assert "does not hold the key that you gave" in whats(result)
    assert "no signature by example.org/log" in whats(result)
    assert other.vkey != mine


def test_a_checkpoint_by_another_key_is_refused(copy, random_source):
    signer = Signer.generate("example.org/log", random_source(77))
    head = TreeHead("example.org/log", 5, base64.b64decode(verify(copy).root))
    (copy / "checkpoint").write_text(signer.sign(head).note)

    assert "no signature by example.org/log with the key" in whats(verify(copy))


def signed_folder(path: Path, entries: list[bytes], signer: Signer, size: int | None = None) -> Path:
    """A record whose operator signs whatever entries he likes."""
    store = type("Files", (), {"read": lambda self, name, start=0: None})()
    files, head = tiles.grow(store, TreeHead(signer.name, 0, EMPTY_ROOT), entries)
    for name, content in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(content)
    path.mkdir(exist_ok=True)
    head = head if size is None else TreeHead(head.origin, size, head.root)
    (path / "vkey").write_text(f"{signer.key}\n")
    (path / "checkpoint").write_text(signer.sign(head).note)
    return path


@pytest.fixture
def signer(random_source) -> Signer:
    return Signer.generate("example.org/log", random_source(42))


def event(case: object, sequence: object, previous: object) -> bytes:
    return json.dumps({"case": case, "seq": sequence, "prev": previous}).encode()


@pytest.mark.parametrize(
    ("entries", "broken"),
    [
        ([event("a", 0, None), event("b", 0, None), event("a", 1, 0)], []),
        ([event("a", 0, None), event("a", 2, 0)], [1]),
        ([event("a", 1, None)], [0]),
        ([event("a", 0, None), event("a", 1, None)], [1]),
        ([event("a", 0, None), event("b", 0, None), event("b", 1, 0)], [2]),
        ([event("a", 0, None), event("a", 0, None)], [1]),
        ([event("a", 0, None), event("a", 2, 0), event("a", 3, 1), event("a", 5, 2)], [1, 3]),
    ],
)
def test_an_operator_who_leaves_out_an_event_of_a_case_is_found_out(tmp_path, signer, entries, broken):
    result = verify(signed_folder(tmp_path / "log", entries, signer))

    assert [gap.index for gap in result.gaps] == broken
    assert result.failures == ()
    assert result.ok == (not broken)


@pytest.mark.parametrize(
    "entry",
    [
        b"",
        b"rubbish",
        b"[]",
        b"{}",
        b"\xff",
        b"[" * 60_000,
        b"1" * 5_000,
        b"NaN",
        event(1, 0, None),
        event("a", True, None),
        event("a", 0.0, None),
        event("a", 0, "0"),
        event(None, 0, None),
        event("a", "0", None),
    ],
)
def test_an_entry_that_is_no_event_is_a_failure_and_not_a_crash(tmp_path, signer, entry):
    result = verify(signed_folder(tmp_path / "log", [event("a", 0, None), entry], signer))

    assert [(failure.index, failure.what[:26]) for failure in result.failures] == [(1, "this entry is not an event")]


@pytest.mark.parametrize("size", [2, 255, 10**6, 10**18, 2**63 - 1])
def test_a_size_that_is_not_there_is_refused_at_once(tmp_path, signer, size):
    path = signed_folder(tmp_path / "log", [event("a", 0, None)], signer, size)
    started = time.process_time()
    result = verify(path)

    assert "no entry from there on was checked" in whats(result)
    assert time.process_time() - started < 2


def test_a_small_record_with_an_endless_file_is_refused_without_reading_it_all(copy):
    with (copy / "tile/entries/000.p/5").open("r+b") as file:
        file.truncate(10**13)
    with (copy / "private/pending").open("r+b") as file:
        file.truncate(10**13)
    with (copy / "checkpoint").open("r+b") as file:
        file.truncate(10**13)
    started = time.process_time()
    result = verify(copy)

    assert "larger than such a file can be" in whats(result)
    assert time.process_time() - started < 5


def test_many_failures_are_counted_and_not_all_told(tmp_path, signer):
    result = verify(signed_folder(tmp_path / "log", [b"rubbish"] * 300, signer))

    assert len(result.failures) == 101
    assert result.failures[-1].what == "and 200 more"


def test_an_earlier_checkpoint_holds_the_record_to_its_history(tmp_path, new_record, note, signer):
    path = tmp_path / "log"
    record = new_record(path, 3)
    kept = tmp_path / "kept"
    kept.write_text(record.published.note)
    record.append([note(i) for i in range(300)])
    record.checkpoint()

    assert verify(path, since=kept).ok
    assert verify(path, since=kept).since == 3
    assert verify(path, since=path / "checkpoint").ok


def test_a_rewritten_history_is_found_out_by_an_earlier_checkpoint(tmp_path, signer):
    old = signed_folder(tmp_path / "old", [event("a", 0, None), event("a", 1, 0)], signer)
    new = signed_folder(tmp_path / "new", [event("b", 0, None), event("a", 0, None), event("a", 1, 1)], signer)
    short = signed_folder(tmp_path / "short", [event("a", 0, None)], signer)
    foreign = signed_folder(tmp_path / "foreign", [event("b", 0, None)], Signer("example.org/log", bytes(32)))

    assert verify(new).ok
    assert "history was rewritten" in whats(verify(new, since=old / "checkpoint"))
    assert "the record has shrunk" in whats(verify(short, since=old / "checkpoint"))
    assert "the earlier checkpoint: it carries no signature" in whats(verify(new, since=foreign / "checkpoint"))
    assert not verify(new, since=old / "checkpoint").ok


def test_what_cannot_be_a_record_or_a_key_is_told_at_once(small, tmp_path):
    (tmp_path / "file").write_text("x")
    for source, options, message in [
        (tmp_path / "nowhere", {}, "no such folder"),
        (tmp_path / "file", {}, "no such folder"),
        (tmp_path, {}, "not the folder of a record"),
        ("ftp://example.org/log", {}, "only http and https"),
        ("file:///etc", {}, "only http and https"),
        ("http://127.0.0.1:9/log", {}, "cannot be read"),
        ("http://[bad", {}, "cannot be read"),
        (small, {"vkey": "rubbish"}, "--vkey"),
        (small, {"since": tmp_path / "nowhere"}, "nowhere: No such file"),
        (small, {"since": tmp_path / "file"}, "is not a checkpoint"),
        (small, {"since": tmp_path}, "Is a directory"),
    ]:
        with pytest.raises(UnusableError, match=message):
            verify(source, **options)


def test_a_record_without_checkpoint_or_key_fails_in_words(copy):
    (copy / "vkey").unlink()
    assert "no key was given" in whats(verify(copy))
    (copy / "checkpoint").unlink()
    assert "the checkpoint is missing" in whats(verify(copy))
    assert verify(copy).to_dict()["root"] == ""


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_whatever_lies_in_the_files_it_answers(tmp_path, small, data):
    path = tmp_path / f"log{time.monotonic_ns()}"
    shutil.copytree(small, path)
    files = checked_files(path)
    for _ in range(data.draw(st.integers(1, 3))):
        file = data.draw(st.sampled_from(files))
        old = file.read_bytes() if file.is_file() else b""
        kind = data.draw(st.sampled_from(["noise", "splice", "other", "drop"]))
        if kind == "noise":
            new = data.draw(st.binary(max_size=200))
        elif kind == "splice":
            at = data.draw(st.integers(0, len(old)))
            new = old[:at] + data.draw(st.binary(max_size=9)) + old[data.draw(st.integers(0, len(old))) :]
        elif kind == "other":
            new = data.draw(st.sampled_from(files)).read_bytes()
        else:
            new = old[:-1]
        file.write_bytes(new)
    same = all(p.read_bytes() == (small / p.relative_to(path)).read_bytes() for p in files if p.name != "pending")
    result = verify(path)

    assert isinstance(explain(result), str)
    assert json.loads(json.dumps(result.to_dict()))["ok"] == result.ok
    assert same or not result.ok
    shutil.rmtree(path)


@given(st.lists(st.binary(max_size=30), max_size=4), st.integers(0, 2**64 - 1))
def test_a_checkpoint_of_rubbish_never_passes(tmp_path_factory, lines, size):
    path = tmp_path_factory.mktemp("rubbish")
    (path / "checkpoint").write_bytes(b"\n".join([b"example.org/log", str(size).encode(), *lines]) + b"\n")

    assert not verify(path).ok


@pytest.mark.parametrize("after", ["private/pending", "vkey", "checkpoint", "tile/entries/000.p/200"])
def test_a_record_that_grows_at_any_moment_of_the_reading_is_not_called_damaged(
    tmp_path, new_record, note, monkeypatch, after
):
    path = tmp_path / "log"
    record = new_record(path, 200, 30)
    plain, grown = Folder.read, []

    def read(self, name, limit):
        content = plain(self, name, limit)
        if name == after and not grown:
            grown.append(record.checkpoint())
            record.append([note(1) for _ in range(90)])
            record.checkpoint()
            record.append([note(2) for _ in range(9)])
        return content

    monkeypatch.setattr(Folder, "read", read)
    result = verify(path)

    assert grown
    assert whats(result) == ""
    assert not (path / "tile/entries/000.p/200").exists()


def test_a_record_that_is_being_written_is_read_again_and_not_called_damaged(tmp_path, new_record, note):
    path = tmp_path / "log"
    record = new_record(path, 200)
    stop = threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            record.append([note(number) for _ in range(7)])
            record.checkpoint()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        results = []
        while record.size < 300 and writer.is_alive():
            results.append(verify(path))
    finally:
        stop.set()
        writer.join()
    assert record.size >= 300, "partial tiles became full, and were removed, while they were read"
    assert len(results) > 3
    assert [whats(result) for result in results if not result.ok] == []


def test_a_file_that_goes_between_the_look_and_the_reading_was_not_there(tmp_path, new_record, monkeypatch):
    new_record(tmp_path / "log", 3).checkpoint()
    folder = Folder(tmp_path / "log")
    monkeypatch.setattr(Path, "is_file", lambda _path: True)
    assert folder.read("tile/0/000.p/2", 64) is None


# ── on the web ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def website():
    """Serves a folder on this machine; a handler may be given to misbehave."""
    servers = []

    def serve(folder: Path, handler: type = SimpleHTTPRequestHandler) -> str:
        class Quiet(handler):
            def __init__(self, *args):
                super().__init__(*args, directory=str(folder))

            def log_message(self, *args):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Quiet)
        threading.Thread(target=server.serve_forever, args=(0.01,)).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


def test_a_record_on_the_web_is_verified(tmp_path, new_record, website):
    record = new_record(tmp_path / "log", 600, 3)
    asked = []

    class Listening(SimpleHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            super().do_GET()

    result = verify(f"{website(tmp_path, Listening)}/log/", vkey=record.vkey)

    assert result.ok
    assert len(asked) == len({*asked}) + 1, (
        "each file is fetched once, the checkpoint once more to see that it is there"
    )
    assert (result.size, result.pending) == (600, 0), "the journal is not asked for over the web"


def test_a_website_without_a_record_is_told(tmp_path, website):
    with pytest.raises(UnusableError, match="not the address of a record"):
        verify(website(tmp_path))


def test_a_flipped_byte_on_the_web_is_detected(copy, website):
    address = website(copy)
    for name in ("checkpoint", "vkey", "tile/0/000.p/5", "tile/entries/000.p/5"):
        good = (copy / name).read_bytes()
        (copy / name).write_bytes(good[:-9] + bytes([good[-9] ^ 1]) + good[-8:])
        assert not verify(address).ok, name
        (copy / name).write_bytes(good)
    assert verify(address).ok


def test_a_partial_tile_that_has_become_full_is_found_in_the_full_one(tmp_path, new_record, note, website):
    """As a reader does who holds the checkpoint of before."""
    path = tmp_path / "log"
    record = new_record(path, 200)
    old = (path / "checkpoint").read_bytes()
    record.append([note(i) for i in range(100)])
    record.checkpoint()
    (path / "checkpoint").write_bytes(old)
    address = website(path)

    assert not (path / "tile/0/000.p/200").exists()
    assert verify(address).ok
    (path / "tile/0/000").unlink()
    assert "tile/0/000.p/200 is missing" in whats(verify(address))


@pytest.mark.parametrize("packed", ["well", "badly", "without end"])
def test_a_website_may_compress_what_it_serves(copy, website, packed):
    class Packed(SimpleHTTPRequestHandler):
        def do_GET(self):
            plain = (copy / self.path.lstrip("/")).read_bytes()
            content = gzip.compress(plain)
            if self.path.startswith("/tile") and packed != "well":
                content = b"no gzip" if packed == "badly" else gzip.compress(bytes(100_000_000))
            self.send_response(200)
            self.send_header("Content-Encoding", "gzip")
            self.end_headers()
            self.wfile.write(content)

    result = verify(website(copy, Packed))

    assert result.ok == (packed == "well")
    assert packed != "without end" or "larger than such a file can be" in whats(result)


def endless(request):
    request.send_response(200)
    request.end_headers()
    for _ in range(100_000):
        request.wfile.write(bytes(65_536))


def elsewhere(address):
    def answer(request):
        request.send_response(302)
        request.send_header("Location", address)
        request.end_headers()

    return answer


def cut_short(request):
    request.send_response(200)
    request.send_header("Content-Length", "100000")
    request.end_headers()
    request.wfile.write(b"short")


BAD_ANSWERS = {
    "broken": lambda request: request.send_error(500),
    "forbidden": lambda request: request.send_error(403),
    "endless": endless,
    "redirect to a file": elsewhere("file:///etc/hostname"),
    "redirect to another protocol": elsewhere("ftp://127.0.0.1/x"),
    "redirect in a circle": elsewhere("/again"),
    "cut short": cut_short,
    "no HTTP": lambda request: request.wfile.write(b"this is not HTTP\r\n\r\n"),
}


@pytest.mark.parametrize("answer", BAD_ANSWERS)
def test_a_website_that_misbehaves_gets_an_answer(copy, website, answer):
    class Bad(SimpleHTTPRequestHandler):
        def do_GET(self):
            if self.path == "/checkpoint":
                super().do_GET()
            else:
                with contextlib.suppress(OSError):
                    BAD_ANSWERS[answer](self)

    result = verify(website(copy, Bad))

    assert not result.ok
    assert result.failures
    if "another protocol" in answer:
        assert "unknown url type: ftp" in whats(result)


def test_a_server_that_dribbles_is_given_up(copy, website, monkeypatch):
    monkeypatch.setattr("clew.record.verify.FILE_SECONDS", 0.2)
    monkeypatch.setattr("clew.record.verify.TIMEOUT_SECONDS", 1)

    class Slow(SimpleHTTPRequestHandler):
        def do_GET(self):
            if self.path == "/checkpoint":
                return super().do_GET()
            self.send_response(200)
            self.end_headers()
            try:
                for _ in range(100):
                    self.wfile.write(b"x")
                    self.wfile.flush()
                    time.sleep(0.05)
            except OSError:
                pass
            return None

    assert "took more than" in whats(verify(website(copy, Slow)))


# ── in words ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_words_say_what_was_checked_and_where_the_key_came_from(small):
    own, given_key = verify(small), verify(small, vkey=(small / "vkey").read_text(), since=small / "checkpoint")

    assert explain(own).startswith("WHOLE: the record example.org/log\n")
    assert "The key came from the record itself" in explain(own)
    assert own.vkey in explain(own)
    assert "2 more wait for the next checkpoint" in explain(own)
    assert "The key is the one that you gave" in explain(given_key)
    assert "the first 5 entries against the earlier checkpoint" in explain(given_key)


def test_the_words_say_what_to_do_where_it_fails(copy):
    (copy / "tile/0/000.p/5").write_bytes(b"")
    words = explain(verify(copy))

    assert words.startswith("NOT WHOLE")
    assert "entry 0: tile/0/000.p/5 is not what the entries give" in words
    assert "What to do: do not rely on this record" in words


def test_names_that_are_no_text_do_no_harm(copy):
    (copy / "tile" / "bad\udcff").write_bytes(b"")
    result = verify(copy)

    assert not result.ok
    assert explain(result).encode()


def test_who_wrote_the_record_cannot_steer_the_readers_terminal(tmp_path, signer):
    result = verify(signed_folder(tmp_path / "log", [event("a\x1b[2J\u009b", 7, None)], signer))
    words = explain(result)

    assert "case a\\u001b[2J\\u009b: number 7" in words
    assert all(character.isprintable() or character == "\n" for character in words)
