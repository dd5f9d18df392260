"""Data files that were brought: kept under their SHA-256, and taken back until a look has sealed them."""

import fcntl
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from django.conf import settings
from django.db import transaction

from clew.errors import ClewError, InputError, RefusedError
from clew.evaluate.files import look_over
from clew.pilot.protocol import Protocol
from clew.tables.sources import Part
from clew.web import clock
from clew.web.evaluate.arriving import Arriving
from clew.web.evaluate.models import LookRun, Upload
from clew.web.evaluate.names import shown_name
from clew.web.govern.models import Account
from clew.web.work.models import DONE, RUNNING, WAITING


def keep(coming: Arriving, name: str, protocol: Protocol, account: Account) -> tuple[Upload, bool]:
    """Keep a file that has arrived, and return it and whether it is new; the same file again is the one that is there.

    Raises InputError where it is no CSV or Parquet, or has not the columns that the protocol names; then it is gone.
    """
    shown = shown_name(name)
    sha256 = coming.arrived()
    with named({coming.path: shown}):
        part = look_over(coming.path, protocol)
    with _alone(), transaction.atomic():
        upload, is_new = Upload.objects.get_or_create(
            pilot=protocol.pilot.id,
            sha256=sha256,
            defaults={
                "id": uuid.uuid4(),
                "name": shown,
                "suffix": suffix_of(part),
                "size_bytes": coming.size_bytes,
                "account": account,
                "at": clock.now(),
            },
        )
        coming.move(path_of(upload))
    return upload, is_new


def suffix_of(part: Part) -> str:
    """Return the suffix that a file's content asks for, whatever its name said."""
    return ".parquet" if part.kind == "parquet" else ".csv.gz" if part.gzipped else ".csv"


def path_of(upload: Upload) -> Path:
    """Return where an upload lies: under its SHA-256, whoever brought it and however it was named."""
    return Path(settings.UPLOADS / upload.sha256[:2] / f"{upload.sha256}{upload.suffix}")


def take_back(upload: Upload) -> None:
    """Remove an upload and its bytes. Raises RefusedError where a look has sealed it, or is about to."""
    with _alone(), transaction.atomic():
        if used_by(upload):
            raise RefusedError(
                f"{upload.name} belongs to a look that was taken or is being taken; its SHA-256 stands on the record.",
                do="Data behind a verdict stay, so that it can be checked.",
            )
        upload.delete()
        if not Upload.objects.filter(sha256=upload.sha256).exists():
            path_of(upload).unlink(missing_ok=True)


def used_by(upload: Upload) -> list[int]:
    """Return the looks that were taken on an upload or are being taken."""
    return sorted(looks_of(upload.pilot).get(str(upload.id), set()))


def looks_of(pilot: str) -> Mapping[str, set[int]]:
    """Return, for each upload of a pilot, the looks that were taken on it or are being taken."""
    found: dict[str, set[int]] = {}
    for look, uploads in LookRun.objects.filter(pilot=pilot, state__in=[WAITING, RUNNING, DONE]).values_list(
        "look", "uploads"
    ):
        for upload in uploads:
            found.setdefault(upload, set()).add(look)
    return found


@contextmanager
def named(names: Mapping[Path, str]) -> Iterator[None]:
    """Let errors about files speak of them as people named them: where a file lies is nobody's business."""
    try:
        yield
    except ClewError as error:
        told = [replace(one, what=_plain(one.what, names), where=_plain(one.where, names)) for one in error.problems]
        raise type(error)(problems=tuple(told)) from error


def _plain(text: str, names: Mapping[Path, str]) -> str:
    for path, name in names.items():
        text = text.replace(str(path.resolve()), name).replace(str(path), name)
    return text


def found_of(pilot: str, chosen: Iterable[str]) -> list[Upload]:
    """Return the uploads of a pilot by their identifiers. Raises InputError where one is not there any more."""
    wanted = list(chosen)
    found = list(Upload.objects.filter(pilot=pilot, id__in=wanted).order_by("at"))
    if not wanted or len(found) != len(set(wanted)):
        raise InputError("data that were chosen are not there any more.", do="Choose again.")
    return found


@contextmanager
def _alone() -> Iterator[None]:
    """Hold out whoever else moves or removes files."""
    settings.UPLOADS.mkdir(parents=True, exist_ok=True)
    with (settings.UPLOADS / "lock").open("wb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
