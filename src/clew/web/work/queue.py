"""The queue: one task after another, each by one worker at a time. What dies or breaks is tried again.

A worker may die after its task was done and before that was noted: then the task runs once more.
"""

import logging
import signal
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from types import FrameType
from typing import Any

from django.db import DatabaseError, close_old_connections, transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from clew.errors import ClewError
from clew.web.work.alive import Alive, be_alive, is_alive
from clew.web.work.progress import end_badly, end_what_is_left

Queued = DBTaskResult[Any, Any]  # Any: a task takes and returns what it likes
log = logging.getLogger("clew.work")
MOST_TRIES = 3
BACK_OFF_SECONDS = (2, 10)  # before the second and the third try
SECONDS_BETWEEN_LOOKS = 0.5
SECONDS_BETWEEN_SWEEPS = 3.0
DAYS_KEPT = 30
GIVEN_UP = ClewError(
    f"something broke on our side; it was tried {MOST_TRIES} times. Nothing was recorded by it.",
    do="Try again later; if it happens again, tell whoever runs this service.",
)


def work(*, until: Callable[[], bool]) -> None:
    """Work until a signal comes, or `until` holds."""
    stop = threading.Event()
    _listen(stop)
    shift = Shift(be_alive())
    forget_old()
    try:
        while not (stop.is_set() or until()):
            if not shift.turn():
                stop.wait(SECONDS_BETWEEN_LOOKS)
    finally:
        shift.alive.release()


class Shift:
    """What one worker goes through again and again: is it still known to be alive, who died, what is to be done?"""

    def __init__(self, alive: Alive) -> None:
        self.alive = alive
        self._swept_at = time.monotonic() - SECONDS_BETWEEN_SWEEPS

    def turn(self) -> bool:
        """Do one task, and return whether there was one."""
        close_old_connections()
        try:
            self.alive = self.alive if self.alive.holds() else be_alive()
            if time.monotonic() - self._swept_at >= SECONDS_BETWEEN_SWEEPS:
                sweep()
                self._swept_at = time.monotonic()
            return do_one(self.alive)
        except DatabaseError:
            log.exception("the database does not answer; it is asked again")
            return False


def _listen(stop: threading.Event) -> None:
    def end(number: int, frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)


def work_off() -> int:
    """Do all that waits now, in this process, and return how many tasks that were."""
    alive, count = be_alive(), 0
    try:
        while do_one(alive):
            count += 1
    finally:
        alive.release()
    return count


def do_one(alive: Alive) -> bool:
    """Do the next task that is ready; return False where none is."""
    task = _claim(alive)
    if task is None:
        return False
    try:
        answer = task.task.call(*task.args_kwargs["args"], **task.args_kwargs["kwargs"])
    except ClewError as error:
        _end(task, error, error)
    except Exception as error:  # whatever a task does, the worker goes on
        log.exception("task %s failed", task.task_path)
        _try_again_or_give_up(task, error)
    else:
        task.set_successful(answer)
        end_what_is_left(task.id)
    return True


def _claim(alive: Alive) -> Queued | None:
    with transaction.atomic():
        task: Queued | None = DBTaskResult.objects.ready().get_locked()
        if task is not None:
            task.claim(alive.id)
        return task


def sweep() -> int:
    """Queue again what dead workers had begun, and return how many tasks that were."""
    with transaction.atomic():
        running = DBTaskResult.objects.running().select_for_update(skip_locked=True)
        orphans = [task for task in running if not is_alive(task.worker_ids[-1])]
        for task in orphans:
            log.warning("task %s: its worker died", task.task_path)
            _try_again_or_give_up(task, GIVEN_UP)
    return len(orphans)


def _try_again_or_give_up(task: Queued, error: Exception) -> None:
    tries = len(task.worker_ids)
    if tries >= MOST_TRIES:
        _end(task, error, GIVEN_UP)
        return
    task.status = "READY"
    task.run_after = timezone.now() + timedelta(seconds=BACK_OFF_SECONDS[tries - 1])
    task.save(update_fields=["status", "run_after"])


def _end(task: Queued, error: Exception, said: ClewError) -> None:
    with transaction.atomic():
        task.set_failed(error)
        end_badly(task.id, said)


def forget_old() -> None:
    """Drop what the queue still remembers of tasks that ended long ago; how they ended stays with their pages."""
    long_ago = timezone.now() - timedelta(days=DAYS_KEPT)
    DBTaskResult.objects.finished().filter(finished_at__lt=long_ago).delete()
