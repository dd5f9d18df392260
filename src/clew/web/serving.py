"""The running service: web processes, one worker beside them that is started anew whenever it dies, a quiet console."""

import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import webbrowser
from collections.abc import Callable
from dataclasses import dataclass

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from clew.errors import InputError, RefusedError

WORKER = "clew.web.work.worker"
THREADS = 8
PAUSE_SECONDS = 1.0  # before a worker that died is started anew; longer each time that it dies at once
LONGEST_PAUSE_SECONDS = 60.0
STOP_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Place:
    """Where a service listens."""

    host: str
    port: int

    @property
    def url(self) -> str:
        """The address to open on this machine."""
        here = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.host, self.host)  # noqa: S104 - compared, not bound
        return f"http://{f'[{here}]' if ':' in here.strip('[]') and '[' not in here else here}:{self.port}/"

    def refuse_if_taken(self) -> None:
        """Raise RefusedError where somebody listens here already, InputError where nobody could."""
        try:
            family, kind, _, _, address = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)[0]
        except OSError as error:
            raise InputError(f'"{self.host}" is no address of this machine.', where="--host") from error
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(address)
            except OSError as error:
                raise RefusedError(
                    f"nothing can listen on {self.host} port {self.port}: {(error.strerror or str(error)).lower()}.",
                    where="--port",
                    do="End the other program, or choose another port with --port.",
                ) from error


class Worker:
    """The process that does the background work; whatever ends it, it is started anew until `stop`."""

    def __init__(self, command: tuple[str, ...] = (sys.executable, "-m", WORKER)) -> None:
        self._command = command
        self._ending = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._keep_alive, name="worker", daemon=True)

    def start(self) -> None:
        """Start it: from the caller's own thread, so that no web process is forked in the midst of it."""
        self._process = subprocess.Popen(self._command)  # noqa: S603 - our own module
        self._thread.start()

    def stop(self) -> None:
        """Let it finish what it has in hand, for a while; then end it."""
        self._ending.set()
        process = self._process
        if process is not None and process.poll() is None:
            process.terminate()
        self._thread.join(STOP_SECONDS)
        if process is not None and process.poll() is None:
            process.kill()

    def _keep_alive(self) -> None:
        pause = PAUSE_SECONDS
        while self._process is not None:
            began = time.monotonic()
            self._process.wait()
            lived = time.monotonic() - began
            pause = PAUSE_SECONDS if lived > LONGEST_PAUSE_SECONDS else min(2 * pause, LONGEST_PAUSE_SECONDS)
            if self._ending.wait(pause):
                return
            self._process = subprocess.Popen(self._command)  # noqa: S603 - as above
            if self._ending.is_set():  # stopped while it was being started
                self._process.terminate()


def serve_until_stopped(place: Place, *, processes: int = 1, open_browser: bool = False) -> None:
    """Serve until SIGTERM or SIGINT; requests in hand are answered, and the worker is ended with the rest."""
    server = Granian(
        "clew.web.wsgi:application",
        address=place.host.strip("[]"),
        port=place.port,
        interface=Interfaces.WSGI,
        workers=processes,
        blocking_threads=THREADS,
        websockets=False,
        log_level=LogLevels.error,
        workers_kill_timeout=STOP_SECONDS,
        respawn_failed_workers=True,
    )
    worker = Worker()
    server.on_startup(worker.start)
    server.on_shutdown(worker.stop)
    if open_browser:
        when_it_answers(place.url, lambda: webbrowser.open(place.url))
    server.serve()


def when_it_answers(url: str, then: Callable[[], object], *, patience_seconds: float = 60) -> threading.Thread:
    """Do something as soon as a service answers, in a thread of its own; nothing where it never does."""

    def wait() -> None:
        end = time.monotonic() + patience_seconds
        while time.monotonic() < end:
            try:
                with urllib.request.urlopen(f"{url}alive", timeout=5):  # noqa: S310 - our own address
                    break
            except urllib.error.HTTPError:
                break  # it answers, be it that this name is not one of CLEW_HOSTS
            except OSError:
                time.sleep(0.1)
        else:
            return
        then()

    thread = threading.Thread(target=wait, name="browser", daemon=True)
    thread.start()
    return thread
