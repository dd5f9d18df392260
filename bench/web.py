"""The service under readers: a portfolio of 1,000 cases and a pilot with 20 looks, beside a bare Django view.

Both are served by one `clew serve` on SQLite: the bare view is /bare, a constant answer behind the same middleware.
Readers are plain sockets on the same machine; what a request costs the server is its CPU time, read from /proc.
Run with `python -m bench.web`.
"""

import http.client
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

CASES, LOOKS = 1_000, 20
READERS, SECONDS, SINGLE = 4, 4.0, 150
LIMIT_SECONDS = 0.150
HERE = Path(__file__).resolve().parent
CLEW = Path(sys.executable).with_name("clew")


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading one address took: seconds at the median and the 95th of 100, requests a second, CPU a request."""

    name: str
    p50: float
    p95: float
    a_second: float
    cpu_microseconds: float


def main() -> None:
    """Print seconds, throughput and CPU beside those of the bare view."""
    with tempfile.TemporaryDirectory() as folder, _served(Path(folder) / "workspace") as (port, pid):
        bare = _read("a bare Django view, same middleware", port, pid, "/bare")
        pages = [
            _read(f"home page, {CASES:,} cases, as everybody sees it", port, pid, "/"),
            _read("  the same, rendered for each reader", port, pid, "/", {"Cookie": "sessionid=nobody"}),
            _read(f"pilot page, {LOOKS} looks, as everybody sees it", port, pid, "/pilots/many-looks"),
            _read("  the same, rendered for each reader", port, pid, "/pilots/many-looks", {"Cookie": "sessionid=no"}),
            _read("a case", port, pid, "/cases/case-0500"),
            _read("the record's checkpoint", port, pid, "/record/checkpoint"),
        ]
        print(f"{'':52}{'p50 ms':>8}{'p95 ms':>8}{'a second':>10}{'of bare':>9}{'CPU us':>8}{'x bare':>8}")
        for one in (bare, *pages):
            over = f"  OVER {LIMIT_SECONDS * 1000:g} ms" if one.p95 > LIMIT_SECONDS else ""
            print(
                f"{one.name:52}{one.p50 * 1000:8.1f}{one.p95 * 1000:8.1f}{one.a_second:10.0f}"
                f"{one.a_second / bare.a_second:9.0%}{one.cpu_microseconds:8.0f}"
                f"{one.cpu_microseconds / bare.cpu_microseconds:8.1f}{over}"
            )


@contextmanager
def _served(workspace: Path) -> Iterator[tuple[int, int]]:
    """Yield the port and the process of a service with 1,000 cases."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("CLEW_", "DJANGO_"))},
        "CLEW_WORKSPACE": str(workspace),
        "DJANGO_SETTINGS_MODULE": "bench.bare",
        "PYTHONPATH": str(HERE.parent),
    }
    print(f"making {CASES:,} cases, each with a pilot", file=sys.stderr)
    subprocess.run([sys.executable, "-m", "bench.many_cases"], env=environment, check=True, cwd=HERE.parent)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [str(CLEW), "serve", "--workspace", str(workspace), "--port", str(port)]
    process = subprocess.Popen(command, env=environment, start_new_session=True, stderr=subprocess.DEVNULL)
    try:
        _wait(port)
        yield port, process.pid
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()
        shutil.rmtree(workspace, ignore_errors=True)


def _wait(port: int) -> None:
    for _ in range(600):
        try:
            if _get(http.client.HTTPConnection("127.0.0.1", port), "/bare", {}) == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the service does not answer")


def _read(name: str, port: int, group: int, address: str, headers: dict[str, str] | None = None) -> Reading:
    asked = headers or {}
    connection = http.client.HTTPConnection("127.0.0.1", port)
    for _ in range(10):
        status = _get(connection, address, asked)
        if status != 200:
            raise RuntimeError(f"{address} answers {status}")
    singles = sorted(_timed(connection, address, asked) for _ in range(SINGLE))
    before, started = _cpu_seconds(group), time.perf_counter()
    count = _readers(port, address, asked)
    seconds, cpu = time.perf_counter() - started, _cpu_seconds(group) - before
    p95 = singles[int(0.95 * len(singles))]
    return Reading(name, statistics.median(singles), p95, count / seconds, cpu / count * 1e6)


def _readers(port: int, address: str, headers: dict[str, str]) -> int:
    counts = [0] * READERS

    def read(reader: int) -> None:
        connection, end = http.client.HTTPConnection("127.0.0.1", port), time.monotonic() + SECONDS
        while time.monotonic() < end:
            _get(connection, address, headers)
            counts[reader] += 1

    threads = [threading.Thread(target=read, args=(reader,)) for reader in range(READERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts)


def _timed(connection: http.client.HTTPConnection, address: str, headers: dict[str, str]) -> float:
    started = time.perf_counter()
    _get(connection, address, headers)
    return time.perf_counter() - started


def _get(connection: http.client.HTTPConnection, address: str, headers: dict[str, str]) -> int:
    connection.request("GET", address, headers=headers)
    answer = connection.getresponse()
    answer.read()
    return answer.status


def _cpu_seconds(group: int) -> float:
    """Return the CPU seconds so far of all processes of a group."""
    ticks = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == group:
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
