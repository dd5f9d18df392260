"""A locked pilot with people of every duty, and its data."""

from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

import pilots
from clew.case import commands as ask
from clew.case.desk import do
from clew.pilot.in_record import lock_in
from clew.pilot.parse import parse_protocol
from clew.web import desk
from clew.web.desk import writing_as
from clew.web.evaluate.models import Upload
from told_once import told_once

OWNER, EVALUATOR, REVIEWER, AUDITOR = "director of care", "evaluation unit", "audit office", "court of auditors"


@pytest.fixture
def a_pilot(record) -> str:
    """The pilot "visits", locked; one look, of twelve months."""
    steps = (
        ask.Open("Elders die in bed fires", phase="pilot"),
        ask.TakeDuty("owner", OWNER),
        ask.TakeDuty("evaluator", EVALUATOR),
        ask.TakeDuty("reviewer", REVIEWER),
        ask.TakeDuty("auditor", AUDITOR),
    )

    def tell() -> None:
        with writing_as(OWNER) as (kept, at, by):
            do(kept, "bed-fires", steps, at=at, by=by)
            lock_in(parse_protocol(pilots.PROTOCOL.encode(), "visits.toml"), kept, at=at, by=by)

    told_once(tell, steps, desk.now().date())
    return "visits"


@pytest.fixture
def twelve_months(tmp_path) -> bytes:
    """The data of all twelve months, as CSV."""
    return pilots.write_data(tmp_path / "data.csv", pilots.TWELVE_MONTHS).read_bytes()


@pytest.fixture
def bring(as_, a_pilot):
    """Send a file through the form: `bring(content, name)`, as the evaluator."""

    def send(content: bytes, name: str = "data.csv", office: str = EVALUATOR, **fields):
        typed = {"file": SimpleUploadedFile(name, content), "whole": "yes", **fields}
        return as_(office).post(f"/pilots/{a_pilot}/data", typed)

    return send


@pytest.fixture
def brought(bring, twelve_months) -> Upload:
    """The data of twelve months, brought."""
    assert bring(twelve_months).status_code == 302
    return Upload.objects.get()


def stored() -> list[Path]:
    """Every file that lies among the uploads."""
    return sorted(path for path in settings.UPLOADS.rglob("*") if path.is_file() and path.name != "lock")


@pytest.fixture(autouse=True)
def empty_uploads(settings, tmp_path):
    """Let every test have a folder of uploads of its own."""
    settings.UPLOADS = tmp_path / "uploads"
