"""The effect of each version of an adapted pilot, beside the effect of all together."""

from clew.errors import InputError
from clew.evaluate.designs.method import Beside, Method, Sides
from clew.evaluate.equity import FEWEST_SHOWN, SMALL
from clew.evaluate.finding import Further, LookAt
from clew.evaluate.panel import in_time
from clew.evaluate.rows import Rows
from clew.pilot.protocol import Protocol
from clew.tables.wording import quoted


def by_version(protocol: Protocol, method: Method, rows: Rows, sides: Sides, at: LookAt) -> Beside:
    """Return the effect by version, in the order of their names; nothing where the protocol names no column.

    A row, treated or compared, bears the version that was in use in its time: so each version is compared with those
    who were without it at the same time.
    """
    column = protocol.version_column
    if column is None:
        return Beside()
    labels = sides.tally.keys[column].labels
    ordered = [labels[i] for i in in_time(labels)[0]]
    return Beside(further=tuple(_one(label, (protocol, method, rows, sides, at)) for label in ordered))


def _one(label: str, asked: tuple[Protocol, Method, Rows, Sides, LookAt]) -> Further:
    protocol, method, rows, sides, at = asked
    column, name = protocol.version_column or "", f"version {quoted(label)}"
    here = sides.tally.keys[column].where(label)
    fewest = min(int(sides.tally.n[here & side].sum()) for side in (sides.treated, sides.comparison))
    if fewest < FEWEST_SHOWN:
        why = SMALL if fewest else "Nobody was compared in its time, or nobody treated."
        return Further(name, None, why=why, kind="group")
    try:
        raw = method.in_group(protocol, rows, (column, label))
    except InputError as error:
        return Further(name, None, why=error.problems[0].what, kind="group")
    level = 1 - at.nominal_p
    return Further(name, raw.estimate, raw.std_error, raw.interval(at), level, kind="group")
