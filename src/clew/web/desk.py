"""The one door to the record: whoever writes does it here, in one transaction, with the read tables following.

    with writing(request.user, "fire-safety-visits", "lock") as (record, at, by):
        lock_in(protocol, record, at=at, by=by)

Nothing else in the web appends to the record; tests/architecture holds that.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import NamedTuple

from clew.case.duties import refuse_unless_may
from clew.case.state import fold
from clew.errors import DeniedError, MissingError
from clew.record.note import Signer
from clew.web.clock import now
from clew.web.follow import follow
from clew.web.govern.models import Account
from clew.web.record.served import ServedRecord
from clew.web.record.store import DatabaseStore, ReadingStore


class Desk(NamedTuple):
    """What a writer is handed: the record, the moment, and the office that acts."""

    record: ServedRecord
    at: datetime
    by: str


@contextmanager
def writing(account: Account, case_id: str, act: str) -> Iterator[Desk]:
    """Let an account do one of the acts of `clew.case.duties` in a case: all of it is recorded, or nothing.

    Other writers wait meanwhile. Raises DeniedError where the account holds no duty that allows the act.
    """
    if not account.is_authenticated:
        raise DeniedError("you are not signed in.", do="Sign in first.")
    with DatabaseStore().exclusively():
        record = ServedRecord(follow)
        refuse_unless_may(fold(record.events(case_id)), account.office, act, steward=account.is_steward)
        yield Desk(record, now(), account.office)


@contextmanager
def writing_as(office: str) -> Iterator[Desk]:
    """Let a program that fills a service write in the name of an office, and ask no leave; no request comes here."""
    with DatabaseStore().exclusively():
        yield Desk(ServedRecord(follow), now(), office)


def reading() -> ServedRecord:
    """Return the record for reading. Raises MissingError where none has been begun (`clew serve` begins one)."""
    if DatabaseStore().read("checkpoint") is None:
        raise MissingError("no record has been begun in this workspace.", do="Start the service with `clew serve`.")
    return ServedRecord(follow, ReadingStore())


def begin(origin: str) -> None:
    """Begin the record of a new workspace under its public name; leave one that is there."""
    store = DatabaseStore()
    with store.exclusively():
        if store.read("checkpoint") is None:
            ServedRecord(follow).begin(Signer.generate(origin, secrets.token_bytes))
