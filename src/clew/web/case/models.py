"""A case as a row. A read table: `clew rebuild` makes it anew."""

from datetime import datetime
from typing import Any

from django.db import models

from clew.case.calendar import next_evaluation
from clew.case.collaboration import collaboration
from clew.case.state import Case
from clew.web.folding import folded


class CaseRow(models.Model):
    """One case as lists show it. Everything else about a case is folded from its events when it is asked for.

    `title_folded`: the title as it is looked for.
    """

    case_id = models.CharField(max_length=80, primary_key=True)
    title = models.TextField()
    title_folded = models.TextField()
    phase = models.CharField(max_length=20)
    status = models.CharField(max_length=30)
    result = models.CharField(max_length=30, blank=True)
    announced = models.BooleanField()
    owner = models.TextField(blank=True)
    duties = models.JSONField(default=dict)
    orphans = models.JSONField(default=list)
    debts = models.JSONField(default=list)
    next_due_on = models.DateField(null=True)
    evaluate_by = models.DateField(null=True)
    works_outside = models.BooleanField()
    works_within = models.BooleanField()
    opened_on = models.DateField()
    changed_at = models.DateTimeField()

    class Meta:
        indexes = (
            models.Index(fields=["-changed_at"]),
            models.Index(fields=["next_due_on"]),
            models.Index(fields=["evaluate_by"]),
        )

    def __str__(self) -> str:
        return self.case_id

    @staticmethod
    def columns(case: Case, changed_at: datetime) -> dict[str, Any]:  # Any: the columns have their own types
        """Return a case's columns; the same events give the same columns."""
        together = collaboration([[kind for _, kind in case.partners]])
        return {
            "title": case.title,
            "title_folded": folded(case.title),
            "phase": case.phase,
            "status": case.status,
            "result": case.result or "",
            "announced": case.announced,
            "owner": case.holder("owner") or "",
            "duties": dict(case.duties),
            "orphans": list(case.orphans),
            "debts": [{"item": debt.item, "due": debt.due.isoformat()} for debt in case.debts],
            "next_due_on": min((debt.due for debt in case.debts), default=None),
            "evaluate_by": next_evaluation(case),
            "works_outside": bool(together.external),
            "works_within": bool(together.intra),
            "opened_on": case.path[0].on,
            "changed_at": changed_at,
        }
