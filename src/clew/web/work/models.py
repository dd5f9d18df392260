"""How far work is that was handed over."""

from django.conf import settings
from django.db import models

WAITING, RUNNING, DONE, FAILED, CANCELLED = "waiting", "running", "done", "failed", "cancelled"


class Progress(models.Model):
    """One piece of work: who asked for it, how far it is, and how it ended.

    `page`: where that is shown; `back`: the page before; `to`: where its result stands. `done` of `of` parts of the
    present `step` are through; `of` is 0 where the parts are not counted. `cancelling`: somebody asked to stop it, and
    it has not noticed yet. `problems`: {what, where, do} each, where it failed.
    """

    id = models.UUIDField(primary_key=True)
    task = models.UUIDField(unique=True)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)
    title = models.CharField(max_length=200)
    state = models.CharField(max_length=20, default=WAITING)
    step = models.CharField(max_length=200, blank=True)
    done = models.BigIntegerField(default=0)
    of = models.BigIntegerField(default=0)
    cancelling = models.BooleanField(default=False)
    problems = models.JSONField(default=list)
    page = models.CharField(max_length=300)
    back = models.CharField(max_length=300, blank=True)
    to = models.CharField(max_length=300, blank=True)
    asked_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.title}: {self.state}"

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in {DONE, FAILED, CANCELLED}

    @property
    def percent(self) -> int:
        """How much of the present step is through, in whole percent."""
        return min(100, 100 * self.done // self.of) if self.of else 0
