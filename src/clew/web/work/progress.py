"""Handing work over, telling how far it is, and stopping it."""

import time
import uuid
from collections.abc import Iterable, Iterator, Sized
from typing import Any, TypeVar

from django.db import transaction
from django_tasks.base import Task
from django_tasks_db.models import DBTaskResult

from clew.errors import ClewError, Problem, RefusedError
from clew.web.clock import now
from clew.web.govern.models import Account
from clew.web.work.models import CANCELLED, DONE, FAILED, RUNNING, WAITING, Progress

T = TypeVar("T")
P = TypeVar("P", bound=Progress)
SECONDS_BETWEEN_WORDS = 0.5


class CancelledError(RefusedError):
    """Somebody asked to stop this work, and it stopped."""


def hand_over(
    task: Task[..., Any],
    *arguments: str,
    account: Account | None,
    title: str,
    page: str = "/progress/{}",
    kind: type[P] = Progress,  # type: ignore[assignment]  # as typeshed has defaults of type variables
    **columns: object,
) -> P:
    """Queue a task in the caller's transaction, and return the row that tells how far it is.

    The task is called with the row's identifier, then `arguments`. `page`: the page that shows
    how far it is, {} for the identifier. `kind`: a model that extends Progress by what was asked for; `columns`: its
    own, and `back`, the page before.
    """
    identifier, at = uuid.uuid4(), now()
    with transaction.atomic():
        return kind.objects.create(
            id=identifier,
            task=task.enqueue(str(identifier), *arguments).id,
            account=account,
            title=title[:200],
            page=page.format(identifier),
            asked_at=at,
            changed_at=at,
            **columns,
        )


def tell(key: str, step: str, parts: Iterable[T], of: int | None = None) -> Iterator[T]:
    """Say which step the work is at, and go through its parts, saying from time to time how many are done.

    Raises CancelledError, between two parts, where somebody asked to stop.
    """
    total = of if of is not None else (len(parts) if isinstance(parts, Sized) else 0)
    say(key, step, of=total)
    told_at, through = time.monotonic(), 0
    for part in parts:
        yield part
        through += 1
        if time.monotonic() - told_at >= SECONDS_BETWEEN_WORDS:
            say(key, step, done=through, of=total)
            told_at = time.monotonic()
    say(key, step, done=through, of=total)


def say(key: str, step: str, *, done: int = 0, of: int = 0) -> None:
    """Say how far the work is. Raises CancelledError where somebody asked to stop it."""
    told = Progress.objects.filter(id=key, cancelling=False, state__in=[WAITING, RUNNING])
    if not told.update(state=RUNNING, step=step[:200], done=done, of=of, changed_at=now()):
        raise CancelledError("this was cancelled; nothing was recorded.")


def refuse_if_cancelled(key: str) -> Progress:
    """Return the row of this work, locked until the transaction ends: from here on nobody can cancel it.

    Raises CancelledError where somebody did before.
    """
    progress = Progress.objects.select_for_update().get(id=key)
    if progress.cancelling or progress.has_ended:
        raise CancelledError("this was cancelled; nothing was recorded.")
    return progress


def is_over(key: str) -> bool:
    """Return whether this work has ended before: a task that is run a second time has nothing left to do."""
    return Progress.objects.get(id=key).has_ended


def end_well(key: str, *, to: str = "") -> None:
    """Say that the work is done, in the same transaction as what it did; `to`: where the result stands."""
    where = {"to": to} if to else {}
    Progress.objects.filter(id=key).update(state=DONE, changed_at=now(), **where)


def end_what_is_left(task: uuid.UUID) -> None:
    """Say that the work of a queued task is done, where the task has not said so itself."""
    Progress.objects.filter(task=task, state__in=[WAITING, RUNNING]).update(state=DONE, changed_at=now())


def end_badly(task: uuid.UUID, error: ClewError) -> None:
    """Say, of the work of a queued task, that it failed and why, or that it was cancelled."""
    state = CANCELLED if isinstance(error, CancelledError) else FAILED
    unended = Progress.objects.filter(task=task, state__in=[WAITING, RUNNING])
    unended.update(state=state, problems=[as_json(one) for one in error.problems], changed_at=now())


def as_json(problem: Problem) -> dict[str, str]:
    """Return a problem as plain values."""
    return {"what": problem.what, "where": problem.where, "do": problem.do}


def cancel(progress: Progress) -> None:
    """Take work that waits out of the queue, or ask work that runs to stop. What has ended stays as it is."""
    with transaction.atomic():
        waiting = DBTaskResult.objects.select_for_update().filter(id=progress.task, status="READY")
        if waiting and waiting.delete()[0]:
            end_badly(progress.task, CancelledError("this was cancelled before it began; nothing was recorded."))
        else:
            Progress.objects.filter(id=progress.id, state__in=[WAITING, RUNNING]).update(cancelling=True)


def ahead_of(progress: Progress) -> int:
    """Return how many pieces of work will be done before this one that waits."""
    return Progress.objects.filter(state__in=[WAITING, RUNNING], asked_at__lt=progress.asked_at).count()
