"""A pilot as a row (a read table: `clew rebuild` makes it anew), and protocols that are not promised yet."""

from dataclasses import asdict, fields
from typing import Any

from django.conf import settings
from django.db import models

from clew.errors import MissingError
from clew.gate.portfolio import PilotLine
from clew.web.folding import folded


class PilotRow(models.Model):
    """One locked pilot as the portfolio sees it: the columns of `clew.gate.portfolio.PilotLine`.

    `title_folded`: the title as it is looked for.
    """

    pilot = models.CharField(max_length=80, primary_key=True)
    case_id = models.CharField(max_length=80, db_index=True)
    title = models.TextField()
    title_folded = models.TextField()
    where = models.CharField(max_length=200)
    locked_on = models.DateField()
    idea_on = models.DateField(null=True)
    decision_by = models.DateField(null=True, db_index=True)
    decided_on = models.DateField(null=True)
    decided = models.CharField(max_length=20, null=True)
    in_use_on = models.DateField(null=True)
    verdict = models.CharField(max_length=20, null=True)
    result = models.CharField(max_length=10, null=True)
    extensions = models.IntegerField()
    has_rule = models.BooleanField()
    has_exit = models.BooleanField()
    has_public_input = models.BooleanField()
    after_data = models.BooleanField()
    owner = models.TextField(null=True)
    overridden_by = models.TextField(null=True)

    def __str__(self) -> str:
        return self.pilot

    @staticmethod
    def columns(line: PilotLine, case_id: str) -> dict[str, Any]:  # Any: the columns have their own types
        """Return a line's columns."""
        return {**asdict(line), "case_id": case_id, "title_folded": folded(line.title)}

    @property
    def line(self) -> PilotLine:
        """The row as the core knows it."""
        return PilotLine(**{field.name: getattr(self, field.name) for field in fields(PilotLine)})


def locked(pilot: str) -> PilotRow:
    """Return the row of a locked pilot. Raises MissingError where none of this name is locked."""
    row = PilotRow.objects.filter(pilot=pilot).first()
    if row is None:
        raise MissingError(f'no pilot "{pilot}" is locked on this record.', do="See which there are: the portfolio.")
    return row


class ProtocolDraft(models.Model):
    """A protocol that is being written: what was typed, field by field, and what the last trial of its rule said.

    Private to the case's owner and evaluator until it is locked; kept at every step, so that nothing typed is lost.
    """

    id = models.UUIDField(primary_key=True)
    case_id = models.CharField(max_length=80, db_index=True)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    amends = models.CharField(max_length=80, blank=True)
    typed = models.JSONField(default=dict)
    tried = models.JSONField(default=dict)
    changed_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.case_id} {self.id}"
