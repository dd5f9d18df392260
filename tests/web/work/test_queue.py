"""What becomes of work that was handed over: done, refused, tried again, given up, cancelled."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from clew.web.work import queue
from clew.web.work.alive import be_alive, is_alive
from clew.web.work.models import Progress
from clew.web.work.progress import ahead_of, cancel, hand_over
from web.work import sample_tasks

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def diary():
    sample_tasks.diary().unlink(missing_ok=True)


def handed(task, *arguments) -> Progress:
    return hand_over(task, *arguments, account=None, title="A test")


def again(progress: Progress) -> Progress:
    progress.refresh_from_db()
    return progress


def let_time_pass() -> None:
    DBTaskResult.objects.filter(status="READY").update(run_after=timezone.now())


def test_what_is_handed_over_waits_and_is_then_done():
    progress = handed(sample_tasks.count, "one")
    assert again(progress).state == "waiting"

    assert queue.work_off() == 1
    assert again(progress).state == "done"
    assert sample_tasks.noted("one") == 1
    assert queue.work_off() == 0


def test_what_is_rolled_back_was_never_handed_over():
    with transaction.atomic():
        handed(sample_tasks.count, "one")
        transaction.set_rollback(True)

    assert queue.work_off() == 0
    assert not Progress.objects.exists()


def test_a_refusal_ends_the_work_with_its_sentences_and_is_not_tried_again():
    progress = handed(sample_tasks.refuse)
    queue.work_off()
    let_time_pass()
    queue.work_off()

    assert again(progress).state == "failed"
    assert progress.problems == [{"what": "the rule forbids it.", "where": "look 2", "do": "Wait for the data."}]
    assert sample_tasks.noted("refused") == 1


def test_what_breaks_is_tried_later_three_times_in_all_and_ends_with_a_plain_sentence():
    progress = handed(sample_tasks.crash)
    for tries in (1, 2, 3, 3):
        queue.work_off()
        assert sample_tasks.noted("crashed") == tries
        assert queue.work_off() == 0, "the next try comes later"
        let_time_pass()

    assert again(progress).state == "failed"
    assert "tried 3 times" in progress.problems[0]["what"]
    assert "secret" not in str(progress.problems)


def test_what_breaks_once_is_done_the_second_time():
    progress = handed(sample_tasks.crash_once)
    queue.work_off()
    assert again(progress).state == "waiting"
    let_time_pass()
    queue.work_off()

    assert again(progress).state == "done"


def test_the_next_try_waits_longer_each_time():
    handed(sample_tasks.crash)
    waits = []
    for _ in range(2):
        queue.work_off()
        task = DBTaskResult.objects.get()
        waits.append((task.run_after - timezone.now()).total_seconds())
        let_time_pass()
    assert 0 < waits[0] <= queue.BACK_OFF_SECONDS[0] < waits[1] <= queue.BACK_OFF_SECONDS[1]


def test_only_what_dead_workers_had_begun_is_queued_again():
    living, dead = be_alive(), be_alive()
    tasks = [handed(sample_tasks.count, name) for name in ("of the living", "of the dead")]
    for alive in (living, dead):
        assert queue._claim(alive) is not None
    dead.release()

    assert (is_alive(living.id), is_alive(dead.id)) == (True, False)
    assert queue.sweep() == 1
    let_time_pass()
    queue.work_off()
    assert [again(one).state for one in tasks] == ["waiting", "done"]
    living.release()


def test_work_that_kills_its_worker_each_time_is_given_up():
    progress = handed(sample_tasks.count, "never")
    for _ in range(queue.MOST_TRIES):
        alive = be_alive()
        let_time_pass()
        assert queue._claim(alive) is not None
        alive.release()
        queue.sweep()

    assert again(progress).state == "failed"
    assert DBTaskResult.objects.get().status == "FAILED"


def test_work_that_waits_can_be_taken_out_of_the_queue():
    progress = handed(sample_tasks.count, "one")
    cancel(progress)

    assert queue.work_off() == 0
    assert again(progress).state == "cancelled"
    assert sample_tasks.noted("one") == 0


def test_work_that_runs_stops_at_its_next_word():
    progress = handed(sample_tasks.parts, "4")
    queue.work_off()

    assert again(progress).state == "cancelled"
    assert sample_tasks.noted("part") == 5
    assert (progress.done, progress.of) == (0, 10)


def test_parts_are_counted_to_the_end():
    progress = handed(sample_tasks.parts, "-1")
    queue.work_off()
    assert (again(progress).state, progress.done, progress.of, progress.percent) == ("done", 10, 10, 100)


def test_what_has_ended_cannot_be_cancelled():
    progress = handed(sample_tasks.count, "one")
    queue.work_off()
    cancel(again(progress))
    assert (again(progress).state, progress.cancelling) == ("done", False)


def test_who_waits_is_told_how_much_is_before():
    first, second, third = (handed(sample_tasks.count, name) for name in "abc")
    assert [ahead_of(one) for one in (first, second, third)] == [0, 1, 2]
    cancel(first)
    assert ahead_of(third) == 1


def test_the_queue_forgets_what_ended_long_ago():
    handed(sample_tasks.count, "old")
    queue.work_off()
    queue.forget_old()
    assert DBTaskResult.objects.count() == 1
    long_ago = timezone.now() - timedelta(days=queue.DAYS_KEPT + 1)
    DBTaskResult.objects.update(finished_at=long_ago)
    queue.forget_old()
    assert DBTaskResult.objects.count() == 0
