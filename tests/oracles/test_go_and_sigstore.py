"""Other people's verifiers on our records: the code behind Go's checksum database, and npm's @sigstore/verify.

Both run as programs of their own (tests/oracles/golang, tests/oracles/sigstore), set up by `make oracles`. What they
accept, ours accepts; whichever single byte is changed, they refuse and ours refuses.
"""

import base64
import json
import os
import random
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

import pytest

from clew.record.event import Event
from clew.record.folder import Record, create
from clew.record.verify import DamagedError, parse_vkey, verify, verify_consistency, verify_proof

HERE = Path(__file__).resolve().parent
INSTALLED = HERE.parent.parent / ".oracles"
STEPS = {1: (), 255: (), 256: (), 257: (1, 255, 256), 70_000: (69_995,)}


class Foreign:
    """Somebody else's verifier, asked line by line."""

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        streams = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        self.process = subprocess.Popen(command, env=os.environ | environment, **streams)

    def accepts(self, **request: Any) -> bool:
        plain = {key: base64.b64encode(v).decode() if isinstance(v, bytes) else v for key, v in request.items()}
        self.process.stdin.write(json.dumps(plain) + "\n")
        self.process.stdin.flush()
        answer: bool = json.loads(self.process.stdout.readline())["ok"]
        return answer

    def close(self) -> None:
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(10)


@pytest.fixture(scope="module")
def go() -> Iterator[Foreign]:
    if not (INSTALLED / "go-verifier").is_file():
        pytest.skip("NOT TESTED: Go's sumdb verifier is absent; `make oracles` builds it (golang-golang-x-mod-dev)")
    started = Foreign([str(INSTALLED / "go-verifier")], {})
    yield started
    started.close()


@pytest.fixture(scope="module")
def sigstore() -> Iterator[Foreign]:
    modules = INSTALLED / "sigstore" / "node_modules"
    if not modules.is_dir() or not shutil.which("node"):
        pytest.skip("NOT TESTED: npm's @sigstore/verify or node is absent; `make oracles` installs it")
    started = Foreign(["node", str(HERE / "sigstore" / "check.js")], {"NODE_PATH": str(modules)})
    yield started
    started.close()


@dataclass(frozen=True, slots=True)
class Counted:
    kind: ClassVar[str] = "counted"
    number: int


@dataclass(frozen=True)
class Log:
    """A published record, and the checkpoints that it had before."""

    path: Path
    record: Record
    earlier: tuple[tuple[int, bytes, str], ...]

    @property
    def vkey(self) -> str:
        return self.record.vkey


@pytest.fixture(scope="module")
def log_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Log]:
    made: dict[int, Log] = {}
    noon = datetime(2027, 3, 1, 12, tzinfo=UTC)

    def make(size: int) -> Log:
        if size not in made:
            path = tmp_path_factory.mktemp(f"size{size}") / "log"
            record = create(path, origin="records.example.org/pilots")
            earlier = []
            for step in (*STEPS[size], size):
                events = [Event(f"case-{i % 7}", noon, "tester", Counted(i)) for i in range(record.size, step)]
                record.append(events)
                head = record.checkpoint()
                earlier.append((head.size, head.root, head.note))
            made[size] = Log(path, record, tuple(earlier))
        return made[size]

    return make


def changed(content: bytes, at: int, bit: int = 1) -> bytes:
    return content[:at] + bytes([content[at] ^ bit]) + content[at + 1 :]


def spare_bits(text: bytes) -> set[int]:
    """Where base64 lines hold bits that decode to nothing: the padding and the character before it."""
    ends = (at for at in range(len(text)) if text[at : at + 2] == b"=\n")
    return {position for end in ends for position in (end - 1, end)}


def ours_accepts_proof(proof: bytes, entry: bytes, vkey: str) -> bool:
    try:
        verify_proof(proof.decode(), entry, parse_vkey(vkey))
    except (DamagedError, UnicodeDecodeError):
        return False
    return True


@pytest.mark.parametrize("size", STEPS)
def test_go_accepts_our_log_and_every_entry_in_it(go, log_of, size):
    log = log_of(size)

    assert go.accepts(do="log", at=str(log.path), vkey=log.vkey)
    assert verify(log.path, vkey=log.vkey).ok


@pytest.mark.parametrize("size", STEPS)
@pytest.mark.parametrize("verifier", ["go", "sigstore"])
def test_they_accept_our_proof_files(request, log_of, verifier, size):
    foreign, log = request.getfixturevalue(verifier), log_of(size)
    for index in {0, size // 3, size // 2, max(0, size - 2), size - 1}:
        proof, entry = log.record.prove(index).encode(), log.record.entry(index)
        assert foreign.accepts(do="proof", vkey=log.vkey, proof=proof, entry=entry), index
        assert not foreign.accepts(do="proof", vkey=log.vkey, proof=proof, entry=entry + b" "), index
        assert ours_accepts_proof(proof, entry, log.vkey)


@pytest.mark.parametrize("size", [257, 70_000])
def test_go_accepts_our_proofs_that_the_log_only_grew(go, log_of, size):
    log = log_of(size)
    _, root, new = log.earlier[-1]
    for old_size, old_root, old in log.earlier:
        path = log.record.consistency(old_size)
        encoded = [base64.b64encode(part).decode() for part in path]
        asked = {"do": "growth", "vkey": log.vkey, "old": old.encode(), "new": new.encode()}
        assert go.accepts(**asked, path=encoded)
        assert verify_consistency(old_size, old_root, size, root, path)
        for at, part in enumerate(path):
            broken = [*path[:at], changed(part, 7), *path[at + 1 :]]
            assert not go.accepts(**asked, path=[base64.b64encode(part).decode() for part in broken])
            assert not verify_consistency(old_size, old_root, size, root, broken)


@pytest.mark.parametrize(("size", "tries"), [(1, 400), (255, 150), (256, 150), (257, 150), (70_000, 6)])
def test_go_and_ours_refuse_every_single_byte_change_of_a_log(go, log_of, tmp_path, size, tries):
    log = log_of(size)
    copied = tmp_path / "log"
    shutil.copytree(log.path, copied, ignore=shutil.ignore_patterns("private"))
    dice = random.Random(size)
    needed = [p for p in copied.rglob("*") if p.is_file() and needed_by_go(p, size)]
    for _ in range(tries):
        file = dice.choice(needed)
        good = file.read_bytes()
        at = dice.randrange(len(good))
        if file.name == "checkpoint" and at in spare_bits(good):
            continue
        file.write_bytes(changed(good, at, 1 << dice.randrange(8)))
        assert not go.accepts(do="log", at=str(copied), vkey=log.vkey), (file.relative_to(copied), at)
        assert not verify(copied, vkey=log.vkey).ok, (file.relative_to(copied), at)
        file.write_bytes(good)
    assert go.accepts(do="log", at=str(copied), vkey=log.vkey)


def needed_by_go(path: Path, size: int) -> bool:
    """Whether a file belongs to the log's present size: stale partial tiles are for ours to check."""
    if path.parent.suffix == ".p":
        level = path.parent.parent.name if path.parent.parent.name != "entries" else "0"
        return int(path.name) == (size >> 8 * int(level)) % 256
    return path.name != "vkey"


def test_go_and_ours_refuse_every_changed_byte_of_a_checkpoint(go, log_of, tmp_path):
    """Go reads past the two spare bits of the signature's base64; ours does not."""
    log = log_of(257)
    copied = tmp_path / "log"
    shutil.copytree(log.path, copied)
    good = (copied / "checkpoint").read_bytes()
    spare = spare_bits(good) - set(range(good.index(b"\n\n")))
    accepted = set()
    for at in range(len(good)):
        (copied / "checkpoint").write_bytes(changed(good, at))
        accepted |= {at} if go.accepts(do="log", at=str(copied), vkey=log.vkey) else set()
        assert not verify(copied, vkey=log.vkey).ok, at

    assert accepted <= spare
    assert len(spare) == 2


@pytest.mark.parametrize("size", [1, 257, 70_000])
@pytest.mark.parametrize("verifier", ["go", "sigstore"])
def test_they_and_ours_refuse_every_changed_byte_of_a_proof_and_its_entry(request, log_of, verifier, size):
    """But for bits that decode to nothing, which they read past in base64 and ours does not."""
    foreign, log = request.getfixturevalue(verifier), log_of(size)
    index = size - 1
    proof, entry = log.record.prove(index).encode(), log.record.entry(index)
    spare = spare_bits(proof)
    accepted = set()
    for at in range(len(proof)):
        broken = changed(proof, at)
        accepted |= {at} if foreign.accepts(do="proof", vkey=log.vkey, proof=broken, entry=entry) else set()
        assert not ours_accepts_proof(broken, entry, log.vkey), at
    for at in range(len(entry)):
        broken = changed(entry, at)
        assert not foreign.accepts(do="proof", vkey=log.vkey, proof=proof, entry=broken), at
        assert not ours_accepts_proof(proof, broken, log.vkey), at

    assert accepted <= spare


@pytest.mark.parametrize("verifier", ["go", "sigstore"])
def test_they_and_ours_refuse_another_key_and_another_place(request, log_of, verifier, tmp_path):
    foreign, log = request.getfixturevalue(verifier), log_of(257)
    other = create(tmp_path / "other", origin="records.example.org/pilots").vkey
    proof, entry = log.record.prove(5).encode(), log.record.entry(5)
    moved = proof.replace(b"index 5\n", b"index 6\n")

    assert not foreign.accepts(do="proof", vkey=other, proof=proof, entry=entry)
    assert not foreign.accepts(do="proof", vkey=log.vkey, proof=moved, entry=entry)
    assert not ours_accepts_proof(proof, entry, other)
    assert not ours_accepts_proof(moved, entry, log.vkey)
