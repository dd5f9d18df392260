"""A record as anybody gets it from a running `clew serve`: our verifier and Go's code check what came over HTTP."""

import base64
import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from clew.record.verify import FULL, tile_path, verify
from services import Service

ROOT = Path(__file__).resolve().parents[2]
GO = ROOT / ".oracles" / "go-verifier"
SIZE = 600  # two full bundles and a partial one; a second level of tiles

FILL = f"""
from dataclasses import dataclass
from typing import ClassVar
from clew.record.event import Event
from clew.web.desk import writing_as

@dataclass(frozen=True, slots=True)
class NoteMade:
    kind: ClassVar[str] = "note.made"
    text: str

with writing_as("evaluation unit") as desk:
    for size in (250, 256, 257, {SIZE}):  # partial tiles give way to full ones
        due = range(desk.record.size, size)
        desk.record.append([Event(f"case-{{n % 7}}", desk.at, desk.by, NoteMade(f"note {{n}}")) for n in due])
        desk.record.checkpoint()
print(desk.record.vkey)
"""
CHANGE = """
from clew.web.record.models import StoredFile
stored = StoredFile.objects.get(name={name!r})
content = bytearray(stored.content)
content[{at}] ^= 1
stored.content = bytes(content)
stored.save()
"""


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """The address of a record that is being served, the key that its operator printed, and the service."""
    service = Service(tmp_path_factory.mktemp("served") / "workspace")
    with service.start():
        yield f"{service.url}/record", service.python(FILL).strip(), service


def fetched(address: str, folder: Path) -> Path:
    """Every file that a log of this size has, fetched by name as C2SP tlog-tiles has it; nothing else is known."""
    names = ["checkpoint"]
    for level in ("entries", 0, 1):
        count = SIZE >> (0 if level == "entries" else 8 * level)
        names += [tile_path(level, at // FULL, min(FULL, count - at)) for at in range(0, count, FULL)]
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(get(address, name))
    return folder


def get(address: str, name: str) -> bytes:
    with urllib.request.urlopen(f"{address}/{name}") as answer:
        return answer.read()


def go_accepts(**request: str | bytes) -> bool:
    if not GO.is_file():
        pytest.skip("NOT TESTED: Go's sumdb verifier is absent; `make oracles` builds it (golang-golang-x-mod-dev)")
    plain = {key: base64.b64encode(v).decode() if isinstance(v, bytes) else v for key, v in request.items()}
    done = subprocess.run([str(GO)], input=json.dumps(plain) + "\n", capture_output=True, text=True, check=True)
    return bool(json.loads(done.stdout)["ok"])


def test_our_verifier_checks_a_served_record_in_every_way_that_it_is_offered(served, tmp_path):
    address, vkey, service = served

    found = verify(address, vkey=vkey)
    assert (found.ok, found.size, found.cases) == (True, SIZE, 7)
    assert service.clew("verify", address, "--vkey", vkey).returncode == 0
    (tmp_path / "verify.py").write_bytes(get(address, "verify.py"))
    alone = [sys.executable, "-I", str(tmp_path / "verify.py"), address, "--vkey", vkey]
    done = subprocess.run(alone, capture_output=True, text=True, check=False, cwd=tmp_path, env={"PATH": os.defpath})
    assert done.returncode == 0, done
    assert done.stdout.startswith("WHOLE: the record localhost/record\n")


def test_go_checks_a_served_record_and_every_proof_that_is_asked_for(served, tmp_path):
    address, vkey, _ = served

    assert go_accepts(do="log", dir=str(fetched(address, tmp_path / "log")), vkey=vkey)
    for index in (0, 255, 256, 511, 512, SIZE - 1):
        proof, entry = get(address, f"entries/{index}.tlog-proof"), get(address, f"entries/{index}.json")
        assert go_accepts(do="proof", vkey=vkey, proof=proof, entry=entry), index
        assert not go_accepts(do="proof", vkey=vkey, proof=proof, entry=entry + b" "), index


@pytest.mark.parametrize(
    ("name", "at"), [("tile/entries/001", 77), ("tile/0/000", 300), ("tile/1/000.p/2", 5), ("checkpoint", 20)]
)
def test_both_refuse_one_changed_byte_in_the_database(served, tmp_path, name, at):
    address, vkey, service = served
    service.python(CHANGE.format(name=name, at=at))
    try:
        assert not verify(address, vkey=vkey).ok
        assert not go_accepts(do="log", dir=str(fetched(address, tmp_path / "log")), vkey=vkey)
    finally:
        service.python(CHANGE.format(name=name, at=at))  # as it was: the other tests share it
    assert verify(address, vkey=vkey).ok


def test_what_is_private_cannot_be_fetched(served):
    address, _, _ = served
    for name in ("private/key", "private/pending", "private/heads", "tile/../private/key", "%2e%2e/record/private/key"):
        with pytest.raises(urllib.error.HTTPError) as refused:
            get(address, name)
        refused.value.close()
        assert refused.value.code == 404, name
