"""The pilot: what is promised before the data, how large it must be, who gets what, and the promise on the record.

The face for notebooks and other people's programs; each function takes a path or a protocol::

    import clew
    print(clew.pilot.check("protocol.toml").ok)
    print(clew.pilot.size("protocol.toml").sentences)
    clew.pilot.assign("protocol.toml", "units.csv").to_csv()
    clew.pilot.lock("protocol.toml", record="RECORD")

Nothing heavy is imported before a function is called.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clew.pilot.assign import Assignment
    from clew.pilot.check import Check
    from clew.pilot.in_record import Receipt
    from clew.pilot.protocol import Protocol
    from clew.pilot.sample_size import SampleSize

__all__ = ["assign", "check", "lock", "size"]


def check(protocol: "str | Path | Protocol") -> "Check":
    """Return what is contradictory, unreachable or missing in a protocol, each with its remedy.

    Raises InputError with every mistake where the file is malformed.

    >>> check("examples/fire-safety-visits/protocol.toml").ok
    True
    """
    from clew.pilot.check import check as check_protocol

    return check_protocol(_protocol(protocol))


def size(protocol: "str | Path | Protocol") -> "SampleSize":
    """Return how large a pilot must be, what the planned one can show, and the sentences that say so.

    Raises InputError where the file is malformed or the effect impossible.

    >>> [step.treated for step in size("examples/fire-safety-visits/protocol.toml").steps][:2]
    [238, 417]
    """
    from clew.pilot.size import size as size_protocol

    return size_protocol(_protocol(protocol))


def assign(
    protocol: "str | Path | Protocol",
    units: str | Path,
    *,
    record: str | Path | None = None,
    at: datetime | None = None,
    by: str | None = None,
) -> "Assignment":
    """Return the assignment of a list of units (CSV) by the seed that was committed before.

    With `record` the assignment, and the seed that the lock kept secret, are put on it; without one the protocol must
    name its seed. Raises InputError where a file is malformed, RefusedError where nothing was locked or no seed
    committed.
    """
    from clew.pilot.assign import assign as assign_units
    from clew.pilot.in_record import assign_in, seed_of
    from clew.pilot.units import load_units
    from clew.record.folder import open_record

    agreed = _protocol(protocol)
    listed = load_units(units, agreed)
    if record is None:
        return assign_units(agreed, listed, seed=seed_of(agreed))
    return assign_in(agreed, open_record(record), listed, at=at or datetime.now(UTC), by=by)[0]


def lock(
    protocol: "str | Path | Protocol", record: str | Path, *, at: datetime | None = None, by: str | None = None
) -> "Receipt":
    """Promise a protocol on a record, and return where it stands and the checkpoint that covers it.

    `at`: when (default: now); `by`: the role that promises (default: the decision's owner). A design without a seed
    gets a secret one of 256 bits. Raises InputError where the file is malformed, RefusedError where the rules are
    unsound or the pilot is locked already.
    """
    import secrets

    from clew.pilot.in_record import lock_in
    from clew.record.folder import open_record

    seed = secrets.token_hex(32)
    return lock_in(_protocol(protocol), open_record(record), at=at or datetime.now(UTC), by=by, secret_seed=seed)


def _protocol(given: "str | Path | Protocol") -> "Protocol":
    from clew.pilot.parse import load_protocol

    return load_protocol(given) if isinstance(given, str | Path) else given


class _Face(ModuleType):
    """Keeps a function of the face in its place when the module of the same name (`check`, `size` …) is imported."""

    def __setattr__(self, name: str, value: object) -> None:
        if name not in __all__ or not isinstance(value, ModuleType):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Face
