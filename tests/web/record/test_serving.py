"""`clew serve` as a process: it starts, answers, keeps its worker alive, stops; what it cannot do it says in a line."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from clew.errors import InputError, RefusedError
from clew.web import serving
from clew.web.serving import Place, Worker, when_it_answers
from services import CLEW, Service, free_port


@pytest.fixture
def service(tmp_path) -> Service:
    return Service(tmp_path / "workspace")


def workers_of(service: Service) -> list[int]:
    """The process ids of the workers that this service started."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().split(b"\0")
            environment = (process / "environ").read_bytes().split(b"\0")
        except OSError:
            continue
        if serving.WORKER.encode() in words and f"CLEW_WORKSPACE={service.workspace}".encode() in environment:
            found.append(int(process.name))
    return found


def until(condition, seconds: float = 30):
    end = time.monotonic() + seconds
    while not (answer := condition()):
        assert time.monotonic() < end, "it never came about"
        time.sleep(0.05)
    return answer


def test_it_starts_answers_and_stops_by_a_signal_with_its_worker_and_a_quiet_console(service):
    with service.start():
        with urllib.request.urlopen(f"{service.url}/record/checkpoint") as answer:
            assert answer.read().startswith(b"localhost/record\n0\n")
        with pytest.raises(urllib.error.HTTPError) as missing:
            urllib.request.urlopen(f"{service.url}/nowhere")
        missing.value.close()
        (first,) = until(lambda: workers_of(service))
        os.kill(first, signal.SIGKILL)
        (second,) = until(lambda: [pid for pid in workers_of(service) if pid != first])
        process = service._process
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        until(lambda: not workers_of(service))
        assert not service.answers()
        assert second != first
    assert service.log.read_text() == f"{service.url}/   (to stop: Ctrl-C)\n", "nothing else on the console"


def test_ctrl_c_stops_it(service):
    with service.start():
        process = service._process
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
        until(lambda: not workers_of(service))


def test_a_request_in_hand_is_answered_before_it_stops(service):
    with service.start():
        with socket.create_connection(("127.0.0.1", service.port)) as line:
            line.sendall(b"GET /record/check HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            time.sleep(0.05)
            service._process.send_signal(signal.SIGTERM)
            answer = b""
            while part := line.recv(65536):
                answer += part
        assert answer.startswith(b"HTTP/1.1 200")
        assert b"its signature holds" in answer
        service._process.wait(30)


def complaint(service: Service, *arguments: str, **settings: str) -> str:
    """What a command that must fail says, on one line or a few, without a traceback."""
    done = subprocess.run(
        [str(CLEW), *arguments, "--workspace", str(service.workspace)],
        env={**service.environment, **settings}, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 2, done
    assert "Traceback" not in done.stderr
    assert all(line.startswith("clew: ") for line in done.stderr.splitlines()), done.stderr
    return done.stderr


def test_a_port_that_is_taken_is_said_before_anything_is_done(service):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        said = complaint(service, "serve", "--port", str(port))
    assert f"nothing can listen on 127.0.0.1 port {port}: address already in use." in said
    assert "--port" in said
    assert not (service.workspace / "clew.sqlite3").exists()


def test_several_processes_on_sqlite_are_refused(service):
    said = complaint(service, "serve", "--processes", "2", "--port", str(free_port()), CLEW_DATABASE_URL="")
    assert "several processes need PostgreSQL" in said


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("CLEW_DATABASE_URL", "mysql://here/there", "no address of a PostgreSQL database"),
        ("CLEW_DATABASE_URL", "postgresql://clew@127.0.0.1:1/none", "the database cannot be used"),
        ("CLEW_BEHIND_TLS", "perhaps", "is neither yes nor no"),
        ("CLEW_SESSION_MINUTES", "-3", "is no whole number"),
        ("CLEW_HOST", "example.org", "is no setting of this version"),
    ],
)
@pytest.mark.parametrize("command", ["serve", "rebuild"])
def test_a_setting_that_cannot_be_used_is_named(service, command, name, value, words):
    port = ("--port", str(free_port())) if command == "serve" else ()
    said = complaint(service, command, *port, **{name: value})
    assert name in said
    assert words in said


def test_a_host_that_is_not_of_this_machine_is_said():
    with pytest.raises(InputError, match="no address of this machine"):
        Place("no such host", 8000).refuse_if_taken()
    with pytest.raises(RefusedError, match="nothing can listen"):
        Place("192.0.2.1", 8000).refuse_if_taken()
    Place("127.0.0.1", free_port()).refuse_if_taken()


@pytest.mark.parametrize(
    ("host", "url"),
    [("0.0.0.0", "http://127.0.0.1:80/"), ("::", "http://[::1]:80/"), ("localhost", "http://localhost:80/")],
)
def test_the_address_that_is_shown_can_be_opened(host, url):
    assert Place(host, 80).url == url


def test_the_browser_is_opened_when_the_service_answers_and_not_before():
    opened, port = threading.Event(), free_port()
    waiting = when_it_answers(f"http://127.0.0.1:{port}/", opened.set)
    assert not opened.wait(0.3)
    code = (
        "import http.server, sys\n"
        "http.server.HTTPServer(('127.0.0.1', int(sys.argv[1])), http.server.SimpleHTTPRequestHandler).handle_request()"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(port)], stderr=subprocess.DEVNULL) as server:
        assert opened.wait(30), "a page that is not there is an answer too"
        waiting.join()
        server.wait(30)
    quick = when_it_answers(f"http://127.0.0.1:{free_port()}/", opened.clear, patience_seconds=0.2)
    quick.join(30)
    assert opened.is_set(), "nothing is opened where nothing ever answers"


def test_a_worker_that_dies_at_once_is_started_again_ever_more_slowly(monkeypatch):
    pauses, started = [], []
    worker = Worker((sys.executable, "-c", "raise SystemExit(1)"))
    real = subprocess.Popen
    monkeypatch.setattr(serving.subprocess, "Popen", lambda command: started.append(1) or real(command))

    def wait(seconds: float) -> bool:
        pauses.append(seconds)
        return len(pauses) == 8

    monkeypatch.setattr(worker._ending, "wait", wait)
    worker.start()
    worker._thread.join(60)
    assert pauses == [2, 4, 8, 16, 32, 60, 60, 60]
    assert len(started) == 8
    worker.stop()


def test_rebuilding_says_how_much_was_read(service):
    with service.start():
        pass
    done = service.clew("rebuild", "--workspace", str(service.workspace))
    assert re.fullmatch(r"0 events of the record read; every read table is made anew\.\n", done.stdout), done
