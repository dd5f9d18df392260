"""Dealing units to the arms by the sealed seed: a list in, the same list with its arms out, the proof on the record.

The list itself never goes on the record, only its SHA-256: it may hold personal data, and only duties see it.
"""

import os
from functools import partial
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from clew.case.desk import load
from clew.case.duties import refuse_unless_may
from clew.errors import ClewError, InputError, MissingError
from clew.pilot.assign import arm_shares
from clew.pilot.in_record import assign_in
from clew.pilot.protocol import Protocol
from clew.pilot.registration import Registration, fold
from clew.pilot.units import read_units
from clew.web.desk import reading, writing
from clew.web.forms import ClewForm
from clew.web.govern.models import Account
from clew.web.keep import for_members, signed_in
from clew.web.pilot.models import PilotRow, locked
from clew.web.recording import Step, answered_before, ask_check_record

LONGEST = 1_500_000
TOO_LONG = "The list is longer than 1.5 MB. Deal longer ones with the command `clew pilot assign`."
LIST = "the list"


class AssignForm(ClewForm):
    """The list of units: a file, or pasted."""

    ask = "One line for each, with a header. The lot that was sealed at the lock is drawn now, once and for all."
    file = forms.FileField(label="A CSV file", required=False, allow_empty_file=True, help_text="At most 1.5 MB.")
    text = forms.CharField(
        label="Or paste the list here",
        required=False,
        strip=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"max_length": TOO_LONG},
    )

    def __init__(self, *args: Any, protocol: Protocol, **kwargs: Any) -> None:  # Any: as Django's
        super().__init__(*args, **kwargs)
        self._protocol = protocol

    def clean(self) -> dict[str, Any]:
        """Read the list, and say everything that is wrong with it."""
        said = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                said["units"] = read_units(said["text"].encode(), LIST, self._protocol)
            except InputError as error:
                for problem in error.problems:
                    self.add_error("text", str(problem))
        return said


@for_members
def assign(request: HttpRequest, pilot: str) -> HttpResponse:
    """Deal the units of a locked pilot."""
    before = answered_before(request)
    if before is not None:
        return before
    account = signed_in(request)
    row, registration = _locked(account, pilot, "lock")
    protocol = registration.protocol
    _take_file(request)
    step = Step(
        heading="Deal the units to the arms",
        caption=row.title,
        form=partial(AssignForm, protocol=protocol),
        carry_out=lambda said: _deal(account, row, protocol, said),
        done="The units are dealt, and the lot is on the record: anybody can draw it again.",
        back=reverse("pilot", args=[pilot]),
        button="Deal them for ever",
        form_template="pilot/assign.html",
        check_template="pilot/assign_check.html",
        more={"row": row, "assigned": registration.assigned, "there": _path(registration).is_file()},
        foresee=lambda said: {"dealt": len(set(said["units"].dealt)), "arms": arm_shares(protocol)},
        state="dealing",
    )
    return ask_check_record(request, step)


def _take_file(request: HttpRequest) -> None:
    """Let a file that was brought count as if it had been pasted."""
    file = request.FILES.get("file")
    if file is None:
        return
    sent = request.POST.copy()
    sent["text"] = (
        file.read(LONGEST + 1).decode("utf-8-sig", errors="replace").replace("\0", "\N{REPLACEMENT CHARACTER}")
    )
    request.POST = sent  # type: ignore[assignment]


def _locked(account: Account, pilot: str, act: str) -> tuple[PilotRow, Registration]:
    row, record = locked(pilot), reading()
    refuse_unless_may(load(record, row.case_id), account.office, act, steward=account.is_steward)
    return row, fold(record.events(row.case_id), pilot)


def _deal(account: Account, row: PilotRow, protocol: Protocol, said: dict[str, Any]) -> str:
    with writing(account, row.case_id, "lock") as (record, at, by):
        dealt, _ = assign_in(protocol, record, said["units"], at=at, by=by)
        _write_whole(_folder() / f"{dealt.assignment_sha256}.csv", dealt.to_csv())
    return reverse("pilot-assign", args=[row.pilot])


@require_safe
@for_members
def assignment(request: HttpRequest, pilot: str) -> HttpResponse:
    """The list with its arms, for who brings the data and who locked the protocol."""
    account = signed_in(request)
    try:
        _, registration = _locked(account, pilot, "lock")
    except ClewError:
        _, registration = _locked(account, pilot, "see data")
    path = _path(registration)
    if not path.is_file():
        raise MissingError("the list is not kept here.", do="Bring the same list again: it is dealt the same.")
    headers = {"Content-Disposition": f'attachment; filename="{pilot}-assignment.csv"'}
    return HttpResponse(path.read_bytes(), content_type="text/csv; charset=utf-8", headers=headers)


def _path(registration: Registration) -> Path:
    dealt = registration.assigned
    return _folder() / f"{dealt.assignment_sha256 if dealt else 'none'}.csv"


def _folder() -> Path:
    return Path(settings.UPLOADS) / "assignments"


def _write_whole(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(text, encoding="utf-8", newline="")
    draft.replace(path)
