"""The worker as a process: killed in the middle, started again, several at once, asked to stop."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from services import CLEW, Service

TESTS = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 60


class Workplace:
    """A workspace with a queue, the workers that were started there, and the diary of their tasks."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.diary = service.workspace / "diary"
        self.workers: list[subprocess.Popen[bytes]] = []

    def hand_over(self, *calls: str) -> None:
        lines = [f"hand_over(sample_tasks.{call}, account=None, title='A test')" for call in calls]
        imports = "from web.work import sample_tasks\nfrom clew.web.work.progress import hand_over\n"
        self.service.python(imports + "\n".join(lines))

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        words = command or (sys.executable, "-m", "clew.web.work.worker")
        with self.service.log.open("ab") as log:
            worker = subprocess.Popen(words, env=self.service.environment, stdout=log, stderr=log)
        self.workers.append(worker)
        return worker

    def lines(self, what: str) -> list[str]:
        return (
            [line for line in self.diary.read_text().splitlines() if line.startswith(f"{what} ")]
            if (self.diary.exists())
            else []
        )

    def wait_for(self, holds: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE_SECONDS
        while not holds():
            if time.monotonic() > end:
                raise TimeoutError(self.service.log.read_text())
            time.sleep(0.05)

    def states(self) -> list[str]:
        return [state for (state,) in self.service.rows("SELECT state FROM work_progress ORDER BY asked_at")]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory) -> Service:
    """A service with its tables, in which nobody ever works: every workplace begins as a copy of it."""
    made = Service(tmp_path_factory.mktemp("prepared") / "workspace")
    made.workspace.mkdir()
    made.environment["PYTHONPATH"] = str(TESTS)
    made.python("from clew.web.commands import prepare; prepare()")
    return made


@pytest.fixture
def place(prepared, tmp_path):
    made = Workplace(prepared.copy(tmp_path / "workspace"))
    yield made
    for worker in made.workers:
        with suppress(ProcessLookupError):
            worker.kill()
        worker.wait()


def test_what_a_killed_worker_had_begun_is_done_by_the_next_one(place):
    place.hand_over("linger, '600'")
    first = place.start()
    place.wait_for(lambda: len(place.lines("began")) == 1)
    place.wait_for(lambda: place.states() == ["running"])
    first.kill()
    first.wait()

    place.start()
    place.wait_for(lambda: len(place.lines("ended")) == 1)
    place.wait_for(lambda: place.states() == ["done"])
    assert len(place.lines("began")) == 2
    assert len(place.lines("ended")) == 1


def test_a_living_worker_takes_over_from_one_that_died_beside_it(place):
    place.hand_over("linger, '600'")
    place.start()
    place.wait_for(lambda: len(place.lines("began")) == 1)
    place.start()
    os.kill(int(place.lines("began")[0].split()[1]), signal.SIGKILL)

    place.wait_for(lambda: len(place.lines("ended")) == 1)
    assert len({line.split()[1] for line in place.lines("began")}) == 2


def test_workers_side_by_side_never_take_the_same_task(place):
    names = [f"task{number:03}" for number in range(60)]
    place.hand_over(*(f"count, '{name}'" for name in names))
    for _ in range(3):
        place.start()

    place.wait_for(lambda: len(place.lines("task059")) == 1 and set(place.states()) == {"done"})
    assert [len(place.lines(name)) for name in names] == [1] * len(names)


def test_a_task_that_kills_every_worker_is_given_up(place):
    place.hand_over("die")
    for tries in (1, 2, 3):
        worker = place.start()
        place.wait_for(lambda tries=tries: len(place.lines("died")) == tries)
        assert worker.wait(PATIENCE_SECONDS) == 9
    place.start()

    place.wait_for(lambda: place.states() == ["failed"])
    assert len(place.lines("died")) == 3


def test_sigterm_lets_it_finish_the_task_in_hand(place):
    place.hand_over("linger, '2'", "count, 'next'")
    worker = place.start()
    place.wait_for(lambda: len(place.lines("began")) == 1)
    worker.terminate()

    assert worker.wait(PATIENCE_SECONDS) == 0
    assert (len(place.lines("ended")), len(place.lines("next"))) == (1, 0)
    assert place.states() == ["done", "waiting"]


def test_clew_work_is_a_worker_that_stands_alone(place):
    place.hand_over("count, 'one'")
    worker = place.start(str(CLEW), "work", "--workspace", str(place.service.workspace))

    place.wait_for(lambda: place.states() == ["done"])
    worker.terminate()
    assert worker.wait(PATIENCE_SECONDS) == 0


def test_the_child_of_a_service_ends_with_it(place):
    code = (
        f"import subprocess, sys, time; print(subprocess.Popen([{sys.executable!r}, '-m', 'clew.web.work.worker']).pid)"
    )
    parent = place.start(sys.executable, "-c", f"{code}; sys.stdout.flush(); time.sleep(600)")
    place.wait_for(lambda: place.service.log.read_text().strip().isdecimal())
    child = Path("/proc") / place.service.log.read_text().strip()
    place.hand_over("count, 'one'")
    place.wait_for(lambda: place.states() == ["done"])
    parent.kill()
    parent.wait()

    place.wait_for(lambda: not child.exists() or "zombie" in (child / "status").read_text())
