"""Who may do what with a pilot's data: asked of the record at every request, and again when work begins."""

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser

from clew.case.duties import may, refuse_unless_may
from clew.errors import DeniedError
from clew.gate.desk import Loaded, load
from clew.pilot.protocol import Protocol
from clew.web.desk import reading
from clew.web.govern.models import Account
from clew.web.pilot.models import locked


@dataclass(frozen=True, slots=True)
class Here:
    """A locked pilot with somebody at its door."""

    pilot: str
    loaded: Loaded
    protocol: Protocol
    office: str

    def may(self, act: str) -> bool:
        """Return whether this office may do an act of `clew.case.duties` here."""
        return may(self.loaded.case, self.office, act)

    @property
    def title(self) -> str:
        """The pilot's title."""
        return self.protocol.pilot.title


def at(pilot: str, account: Account | AnonymousUser, *acts: str) -> Here:
    """Return a pilot for an account that may do one of these acts there.

    Raises MissingError where no such pilot is locked, DeniedError where the account may not.
    """
    row = locked(pilot)
    if not isinstance(account, Account) or not account.is_active:
        raise DeniedError("you are not signed in.", do="Sign in first.")
    loaded = load(reading(), row.case_id, pilot)
    here = Here(pilot, loaded, loaded.registration.protocol, account.office)
    if not any(here.may(act) for act in acts):
        refuse_unless_may(loaded.case, account.office, acts[0])
    return here
