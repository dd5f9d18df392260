"""Tasks for tests of the worker: each writes down, in a file of the workspace, that it began and that it ended."""

import os
import time
from pathlib import Path

from django.conf import settings
from django_tasks import task

from clew.errors import RefusedError
from clew.web.work.progress import say, tell


def diary() -> Path:
    return Path(settings.CLEW.workspace) / "diary"


def note(what: str) -> None:
    with diary().open("a") as file:  # one short write: lines of several workers do not mix
        file.write(f"{what} {os.getpid()}\n")


def noted(what: str) -> int:
    return diary().read_text().count(f"{what} ") if diary().exists() else 0


@task()
def linger(key: str, seconds: str) -> None:
    """Take long the first time."""
    note("began")
    say(key, "Lingering")
    if noted("began") == 1:
        time.sleep(float(seconds))
    note("ended")


@task()
def count(key: str, name: str) -> None:
    note(name)


@task()
def refuse(key: str) -> None:
    note("refused")
    raise RefusedError("the rule forbids it.", where="look 2", do="Wait for the data.")


@task()
def crash(key: str) -> None:
    note("crashed")
    raise ZeroDivisionError("a secret detail")


@task()
def crash_once(key: str) -> None:
    note("tried")
    if noted("tried") == 1:
        raise ZeroDivisionError("a secret detail")


@task()
def die(key: str) -> None:
    """End the whole worker at once, as the kernel does where memory runs out."""
    note("died")
    os._exit(9)


@task()
def parts(key: str, stop_at: str) -> None:
    from clew.web.work.models import Progress
    from clew.web.work.progress import cancel

    for part in tell(key, "Counting", range(10)):
        note("part")
        if part == int(stop_at):
            cancel(Progress.objects.get(id=key))
            say(key, "Going on")
