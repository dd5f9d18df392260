"""Style sheets, scripts and pictures as browsers get them: named by their content, packed, kept in the workspace."""

import hashlib
from importlib.metadata import version
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

MADE_FROM = "static-made-from"


def collect() -> None:
    """Gather and pack what pages need; nothing happens where they were made from the same files already."""
    stamp, source = settings.CLEW.workspace / MADE_FROM, fingerprint()
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == source:
        return
    call_command("collectstatic", verbosity=0, interactive=False, clear=False)
    stamp.write_text(source, encoding="utf-8")


def fingerprint() -> str:
    """Return what changes whenever a file that pages need changes, or the software that packs them."""
    digest = hashlib.sha256(f"{version('clew')} {version('django')} {version('whitenoise')}".encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            found = Path(storage.path(name)).stat()
            digest.update(f"\n{name} {found.st_size} {found.st_mtime_ns}".encode())
    return digest.hexdigest()
