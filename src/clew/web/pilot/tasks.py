"""Trying out the rule of a draft, in the background: how often it says what where the truth is known."""

from django.db import transaction
from django_tasks import task

from clew.errors import RefusedError
from clew.gate.characteristics import Characteristics, as_recorded, characteristics, trials_in_all
from clew.pilot.protocol import Protocol
from clew.web.pilot.drafts import written
from clew.web.pilot.models import ProtocolDraft
from clew.web.work.progress import end_well, is_over, refuse_if_cancelled, say

STEP = "Playing made-up pilots"


@task()
def try_rule(key: str, draft: str, sha256: str, trials: str) -> None:
    """Try a draft's rule out and keep what came of it beside the draft; nothing where the draft was changed."""
    if is_over(key):
        return
    protocol = _as_asked(draft, sha256)
    could = characteristics(protocol, trials=int(trials), progress=_told(key, protocol, int(trials)))
    with transaction.atomic():
        refuse_if_cancelled(key)
        _as_asked(draft, sha256)
        found = ProtocolDraft.objects.select_for_update().get(id=draft)
        found.tried = {**found.tried, **_result(could)}
        found.save(update_fields=["tried"])
        end_well(key)


class _Told:
    def __init__(self, key: str, of: int) -> None:
        self._key, self._of, self._done = key, of, 0

    def __call__(self, more: int) -> None:
        self._done += more
        say(self._key, STEP, done=self._done, of=self._of)


def _told(key: str, protocol: Protocol, trials: int) -> _Told:
    return _Told(key, trials_in_all(protocol, trials))


def _as_asked(draft: str, sha256: str) -> Protocol:
    found = ProtocolDraft.objects.filter(id=draft).first()
    protocol = written(found).protocol if found else None
    if protocol is None or protocol.sha256 != sha256:
        raise RefusedError("the draft was changed meanwhile.", do="Try its rule out again.")
    return protocol


def _result(could: Characteristics) -> dict[str, object]:
    return {
        "sha256": could.protocol_sha256,
        "trials": could.trials,
        "recorded": as_recorded(could),
        "notes": could.notes,
        "headline": [row.sentence for row in could.headline],
    }
