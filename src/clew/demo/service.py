"""The demo as a service: its record taken in whole, its documents and data beside it, and people who may try it out.

Done in one transaction after the folder is whole, so that a demo that was stopped half-way begins again.
"""

import json
import os
import secrets
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

from clew.demo.workspace import DOCUMENTS, VERDICTS

if TYPE_CHECKING:
    from clew.pilot.protocol import Protocol
    from clew.web.govern.models import Account

EVALUATOR = "evaluator"
PEOPLE = (
    ("director@example.org", "the director of care", False),
    ("ministry@example.org", "the ministry of health", False),
    ("board@example.org", "the board of the programme", False),
    ("evaluator@example.org", EVALUATOR, False),
    ("auditor@example.org", "the audit office", False),
    ("steward@example.org", "the steward of this service", True),
)


def load(folder: Path) -> str:
    """Bring a finished demo folder into its service, and return the password of its people.

    One that is there already is left as it is. The password is drawn anew for each demo and kept in its folder.
    """
    from django.db import transaction

    from clew.web.govern.models import Account
    from clew.web.record.adopt import adopt

    password = _password(folder / "password")
    if Account.objects.filter(email=PEOPLE[0][0]).exists():
        return password
    with transaction.atomic():
        adopt(folder / "record")
        for email, office, is_steward in PEOPLE:
            Account.objects.create_user(email, password, office=office, is_steward=is_steward)
        _documents(folder)
        _data(folder, Account.objects.get(office=EVALUATOR))
    return password


def _password(path: Path) -> str:
    if not path.is_file():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(12))
    return path.read_text(encoding="utf-8")


def _documents(folder: Path) -> None:
    from clew.web.evaluate.models import PublishedEvaluation

    for path in sorted((folder / DOCUMENTS).iterdir()):
        content = path.read_bytes()
        said = json.loads(content)
        PublishedEvaluation.objects.create(
            sha256=path.stem, pilot=said["pilot"], look=said["looks"]["look"], content=content
        )


def _data(folder: Path, evaluator: "Account") -> None:
    """Bring what each look was taken on, as the evaluator would have by the form."""
    from clew.pilot.parse import load_protocol

    protocols = {one.pilot.id: one for one in map(load_protocol, sorted((folder / "protocols").glob("*.toml")))}
    for taken in json.loads((folder / VERDICTS).read_text(encoding="utf-8"))["verdicts"]:
        protocol = protocols[taken["pilot"]]
        brought = [_bring(folder / "data" / name, protocol, evaluator) for name in taken["data"]]
        _taken(protocol, taken["look"], brought, evaluator)


def _bring(path: Path, protocol: "Protocol", evaluator: "Account") -> str:
    from clew.web.evaluate.arriving import arriving
    from clew.web.evaluate.uploads import keep

    with arriving() as coming:
        coming.write(path.read_bytes())
        upload, _ = keep(coming, path.name, protocol, evaluator)
    return str(upload.id)


def _taken(protocol: "Protocol", look: int, uploads: list[str], evaluator: "Account") -> None:
    from clew.web.clock import now
    from clew.web.evaluate.models import LookRun
    from clew.web.work.models import DONE

    key, at = uuid.uuid4(), now()
    LookRun.objects.create(
        id=key,
        task=uuid.uuid4(),
        account=evaluator,
        title=f"Look {look} at {protocol.pilot.title}",
        state=DONE,
        asked_at=at,
        changed_at=at,
        pilot=protocol.pilot.id,
        look=look,
        uploads=sorted(uploads),
        office=evaluator.office,
        page=f"/looks/{key}",
        back=f"/pilots/{protocol.pilot.id}/data",
    )
