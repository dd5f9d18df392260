"""Every replication through the way that `clew evaluate` goes: protocol file, data file, estimate."""

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from clew.errors import InputError
from clew.evaluate.analyse import analyse
from clew.evaluate.designs import DESIGNS
from clew.evaluate.files import open_rows
from clew.evaluate.finding import Finding
from clew.pilot.parse import parse_protocol
from evidence.replications.data import SHARED, AbsentError, Shelf
from evidence.replications.found import Compared, compare
from evidence.replications.published import Replication


@dataclass(frozen=True, slots=True)
class Ran:
    """A replication with what came of it. `finding` is None where it was `not_run`, for the reason said there."""

    replication: Replication
    kind: str
    finding: Finding | None = None
    compared: tuple[Compared, ...] = ()
    not_run: str = ""


def run(replications: Iterable[Replication]) -> tuple[Ran, ...]:
    """Run all of them, in their order, in one temporary folder."""
    chosen = tuple(replications)
    with tempfile.TemporaryDirectory() as name:
        shelf = Shelf(Path(name))
        shelf.lay_out(each.data for each in chosen)
        return tuple(one(each, shelf) for each in chosen)


def one(replication: Replication, shelf: Shelf) -> Ran:
    """Run one replication. Raises InputError, KeyError or StrangeError where it is wrong, not where data are absent."""
    protocol = parse_protocol(replication.protocol.encode(), f"{replication.name}.toml")
    kind = protocol.design.kind
    if kind not in DESIGNS:
        return Ran(replication, kind, not_run=f"a {kind} design cannot be evaluated yet")
    try:
        path = _data_file(replication, shelf)
    except AbsentError as reason:
        return Ran(replication, kind, not_run=str(reason))
    try:
        finding = analyse(protocol, open_rows(path, protocol))
    except InputError as error:
        error.add_note(f"replication {replication.name}")
        raise
    return Ran(replication, kind, finding, tuple(compare(finding, each) for each in replication.published))


def _data_file(replication: Replication, shelf: Shelf) -> Path:
    table, path = shelf.table(replication.data), shelf.folder / f"{replication.name}.csv"
    if replication.prepare is None and replication.data.fetch[0] == "shared":
        return SHARED / replication.data.fetch[-1]
    (table if replication.prepare is None else replication.prepare(table)).to_csv(path, index=False)
    return path
