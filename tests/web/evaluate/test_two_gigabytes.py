"""Two gigabytes through the real server: bounded memory, nothing left of what was broken off, by form and by token."""

import http.client
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from services import Service

BLOCK = b"usual1,usual,1,Danish\n" * 50_000
HEADER = b"district,arm,safe,tongue\n"
TWO_GIGABYTES, A_FIFTH = 1 + 2_000_000_000 // len(BLOCK), 1 + 400_000_000 // len(BLOCK)
SIZE = len(HEADER) + TWO_GIGABYTES * len(BLOCK)
MOST_MEGABYTES_MORE = 80
BOUNDARY = "a-boundary-that-no-row-holds"
SCRIPT = """
import re
from django.test import Client
from pilots import PROTOCOL
from clew.case import commands as ask
from clew.case.desk import do
from clew.pilot.in_record import lock_in
from clew.pilot.parse import parse_protocol
from clew.web.desk import writing_as
from clew.web.evaluate.tokens import make
from clew.web.govern.models import Account

duties = (ask.TakeDuty("owner", "director of care"), ask.TakeDuty("evaluator", "evaluation unit"))
with writing_as("director of care") as (record, at, by):
    do(record, "bed-fires", (ask.Open("Fires", phase="pilot"), *duties), at=at, by=by)
    lock_in(parse_protocol(PROTOCOL.encode(), "x"), record, at=at, by=by, secret_seed="ab" * 32)
evaluator = Account.objects.create_user("e@example.org", "a long pass phrase", office="evaluation unit")
client = Client()
client.force_login(evaluator)
page = client.get("/pilots/visits/data", headers={"Host": "127.0.0.1"})
cookies = "; ".join(f"{name}={one.value}" for name, one in client.cookies.items())
found = re.search('csrfmiddlewaretoken" value="([^"]+)', page.content.decode())
print(make("visits", evaluator, "test", 1), found[1], cookies, sep="\\n")
"""


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    folder = tmp_path_factory.mktemp("streaming") / "workspace"
    service = Service(folder)
    service.environment["PYTHONPATH"] = str(Path(__file__).resolve().parents[2])
    with service:
        yield service, service.python(SCRIPT).splitlines()


def memory(service: Service) -> int:
    """The most memory, in kB, that any one process of the service has ever held."""
    listed = subprocess.run(
        ["ps", "-o", "pid=", "-s", str(service._process.pid)], capture_output=True, text=True, check=True
    )
    held = []
    for pid in listed.stdout.split():
        found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
        held.append(int(found[1]) if found else 0)
    return max(held)


def rows(blocks: int = TWO_GIGABYTES) -> Iterator[bytes]:
    yield HEADER
    for _ in range(blocks):
        yield BLOCK


def as_form(token: str, blocks: int = TWO_GIGABYTES) -> Iterator[bytes]:
    parts = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{token}\r\n'
    yield f'{parts}--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'.encode()
    yield from rows(blocks)
    yield f'\r\n--{BOUNDARY}\r\nContent-Disposition: form-data; name="whole"\r\n\r\nyes\r\n--{BOUNDARY}--\r\n'.encode()


def send(service: Service, method: str, path: str, body: Iterator[bytes], length: int, headers: dict[str, str]):
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=300)
    connection.request(method, path, body, {"Content-Length": str(length), **headers})
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer.status, answer.headers, content


def kept(service: Service) -> list[Path]:
    return [path for path in (service.workspace / "uploads").rglob("*") if path.is_file() and path.name != "lock"]


def by_form(told: list[str]) -> dict[str, str]:
    return {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}", "Cookie": told[2]}


def length_of_form(token: str, blocks: int = TWO_GIGABYTES) -> int:
    return sum(len(part) for part in as_form(token, 0)) + blocks * len(BLOCK)


@pytest.mark.parametrize(("way", "blocks"), [("token", A_FIFTH), ("form", TWO_GIGABYTES)])
def test_two_gigabytes_stream_to_the_disk_in_little_memory(running, way, blocks):
    service, told = running
    before, size = memory(service), len(HEADER) + blocks * len(BLOCK)
    if way == "token":
        headers = {"Authorization": f"Bearer {told[0]}"}
        status, _, content = send(service, "PUT", "/api/v1/pilots/visits/data", rows(blocks), size, headers)
        assert status == 201, content
    else:
        headers = by_form(told)
        length = length_of_form(told[1])
        status, found, content = send(service, "POST", "/pilots/visits/data", as_form(told[1]), length, headers)
        assert (status, found["Location"]) == (302, "/pilots/visits/data"), content
    assert [path.stat().st_size for path in kept(service)] == [size]
    assert memory(service) - before < MOST_MEGABYTES_MORE * 1024
    service.python(
        "from clew.web.evaluate.models import Upload\nfrom clew.web.evaluate.uploads import take_back\n"
        "take_back(Upload.objects.get())"
    )
    assert kept(service) == []


@pytest.mark.parametrize("way", ["token", "form"])
def test_what_is_broken_off_leaves_nothing(running, way):
    service, told = running
    if way == "token":
        head = f"PUT /api/v1/pilots/visits/data HTTP/1.1\r\nAuthorization: Bearer {told[0]}\r\n"
        body = rows(20)
    else:
        lines = "".join(f"{name}: {value}\r\n" for name, value in by_form(told).items())
        head, body = f"POST /pilots/visits/data HTTP/1.1\r\n{lines}", islice(as_form(told[1]), 22)
    with socket.create_connection(("127.0.0.1", service.port)) as connection:
        connection.sendall(f"{head}Host: 127.0.0.1\r\nContent-Length: {SIZE}\r\n\r\n".encode())
        for part in body:
            connection.sendall(part)
        wait_for(lambda: kept(service))
    wait_for(lambda: not kept(service))
    assert service.python("from clew.web.evaluate.models import Upload; print(Upload.objects.count())") == "0\n"
    assert service.answers()


def wait_for(holds) -> None:
    end = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)
