"""The demo as a service: its record taken in whole, its documents and data beside it, and people who may try it out.

Done in one transaction after the folder is whole, so that a demo that was stopped half-way begins again.
"""

import json
import os
import secrets
from pathlib import Path

from clew.demo.workspace import DOCUMENTS

PEOPLE = (
    ("director@example.org", "the director of care", False),
    ("evaluator@example.org", "evaluator", False),
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
