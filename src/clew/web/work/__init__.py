"""Work that takes longer than a page may: handed over, done by a worker that survives `kill -9`, told of as it goes.

A task is a function of a module `tasks.py`, named with Django's own decorator. Its first argument is the identifier of
the row that tells how far it is:

    from django_tasks import task
    from clew.web.work.progress import hand_over, tell

    @task()
    def try_out(key: str, draft: str) -> None:
        for part in tell(key, "Playing made-up pilots", parts):   # raises CancelledError where somebody cancelled
            ...

    progress = hand_over(try_out, draft_id, account=request.user, title="Trying the rule out", back="/…")
    return redirect(progress.page)   # /progress/<id> where you name no other: how far it is, and a button to cancel

- `hand_over` writes in the caller's transaction: what is rolled back was never handed over.
- A task may run more than once (its worker was killed), so it must be idempotent: the second run finds what is done.
- A ClewError ends it as "failed" with its sentences. After any other error it is tried again later, three times in all,
  and then ends with a plain sentence. Nothing else needs to be caught.
- In a template: `{% include "components/progress.html" with progress=progress %}` on a page that loads htmx and has
  `{% include "components/progress_head.html" with progress=progress %}` in its head.
- In tests: `clew.web.work.queue.work_off()` does all that waits, in the test's own process.
"""
